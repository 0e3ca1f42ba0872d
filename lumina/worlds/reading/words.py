"""Words of several languages that the readers of all worlds look up: each is a sign, or counts for nothing.

Signs are words of a world, or a place: ``~of:left_of`` of what comes next, ``~its:left_of`` of what has been
named, ``~at:left_of`` a side of the picture, ``~next:`` the same of what comes next, ``~row:`` of the first,
``~east:`` of what came last, as Chinese and Japanese say it, ``~no`` a place that the world has no words for.
"""

import re
from collections.abc import Mapping

from lumina.worlds.courtesies import GREETING


def each(words: str) -> frozenset[str]:
    """The words of a text."""
    return frozenset(words.split())


OTHER_WORDS: dict[str, str] = {  # for a sign
    "red": (
        "rood rode vermelho vermelha vermelhos vermelhas reddish rote roter rotes roten rotem rouges roja "
        "rojos rojas rossa rossi carmine vermillion "
        "rosse"
    ),
    "orange": (
        "oranje laranja oranges orangefarben orangene orangener oranger anaranjado anaranjada naranjas "
        "arancio "
        "orangefarbene orangefarbener orangenen anaranjados anaranjadas laranjas"
    ),
    "yellow": (
        "geel gele amarelo amarela amarelos amarelas yellowish gelbe gelber gelbes gelben gelbem jaunes "
        "amarilla amarillos amarillas gialla gialli "
        "gialle"
    ),
    "green": (
        "groen groene greenish grüne grüner grünes grünen grünem gruen gruene gruener gruenen verts verte "
        "vertes verdes verdi"
    ),
    "blue": "blauw blauwe azuis bluish blaue blauer blaues blauen blauem bleue bleus bleues azules blu",
    "purple": (
        "paars paarse roxo roxa violett violette violetter violettes lilafarbene morado morada morados "
        "moradas viola pourpre "
        "violetten violets roxos roxas púrpura"
    ),
    "pink": (
        "roze pinkish pinke pinker pinken rosafarbene rosado rosada roses "
        "rosafarbener rosé rosados rosadas rosas"
    ),
    "large": (
        "groot grote larger bigger biggest largest grosse große großer großes großen großem gross grande "
        "grandes grand grands grandi enorme énorme riesig riesige riesiger gros colossal "
        "grosses gran"
    ),
    "small": (
        "smallest kleine smaller teeny petite kleiner kleines kleinen kleinem petit petits petites "
        "pequeño pequeña pequeños pequeñas pequeno piccolo piccola piccoli piccole winzig winzige "
        "winziger minuscule "
        "pequena pequenos pequenas"
    ),
    "white": (
        "whitish weiß weiss weiße weißer weißes weißen weißem weisse weissem weissen blanc blanche blancs "
        "blanches blanco blanca blancos bianco bianca snowy "
        "blancas bianchi bianche wit witte branco branca brancos brancas"
    ),
    "grey": (
        "greyish grau graue grauer graues grauen grauem gris grise grises grigio grigia concrete "
        "grigi grigie grijs grijze cinza cinzento cinzenta"
    ),
    "a": "an een um uma ein eine einen einem einer eines un une uno una d'un d'une lone",
    "two": "twee duas dois zwei deux dos due paar twin",
    "three": "drie três drei trois tres tre",
    "four": ("vier quatre cuatro quattro quartet quatro"),
    "another": "otra otro autre altra altro un'altra un'altro outra outro weiterer weitere weiteres weiteren "
    "andere anderer anderes anderen",
    "the": (
        "der die das den dem des le la les el los las il lo i gli l this that these those het vom beim du "
        "del della dello dell"
    ),
    "and": "plus und et y e with_a sowie along",
    "on": "upon onto atop auf sur sobre su sul sulla sullo op over against auf_dem",
    "it": "its that's it's",
    "or!": "or oder ou",
    "both": "beide beides tous_les_deux ambos entrambi",
    "them": (
        "they all alle alles todo toda todos todas tout tous toutes tutto tutti tudo everything every each"
    ),
}
IS = each(
    "is are ist sind est sont es son está están è sono é são estão fica zijn staat steht は が 很 是 也"
)
TASTES = each(  # what somebody likes, and what is drawn in no other way for it
    "cute cutest adorable lovely beautiful sweet pretty charming gorgeous wonderful nice süß süße süßer "
    "süßes süßen süßem suess suesse niedlich niedliche niedlicher niedliches niedlichen hübsch hübsche "
    "hübscher hübsches hübschen schön schöne schöner schönes schönen schönem nett nette netter nettes "
    "netten putzig putzige putziger putziges goldig goldige goldiger goldiges wunderschöne wunderschöner "
    "wunderschönes mignon mignonne mignons mignonnes adorables joli jolie jolis jolies beau bel belle beaux "
    "belles ravissant ravissante charmant charmante lindo linda lindos lindas bonito bonita bonitos bonitas "
    "hermoso hermosa precioso preciosa adorável carino carina carini carine bello bella bellissimo "
    "bellissima grazioso graziosa adorabile schattig schattige mooi mooie leuk leuke lief lieve fofo fofa "
    "fofos fofas belo bela"
)
FLUFF = TASTES | each(  # says nothing about what is drawn
    "a's about also am any appear appearing are arranged as at au aus avec be been befinden "
    "befindet bei being bevinden bevindt big-ish bild bit bitte by c'e c'è can che ci color colored colors "
    "colour coloured colours con could create d de del dessine dessinez di dibuja dibújame did disegna do "
    "does donde dove draw drawing drawn du during dónde each else em en encuentra encuentran er es est estan "
    "está están estão existe existem favor favore feel fica ficam finish for from generate gern gerne get "
    "gibt give haha hallan has have having hay he hello her here hey hi him his hour how hue há hätte i i'd "
    "i'll i'm ich ideally if illustration im image imagen in is ish ist je just kann kind kindly know let "
    "let's liegen liegt lies liggen lighting ligt like lit little-bit located lol look looking looks love "
    "lying mach made make making male material may maybe me mir mit mochte montre must my möchte "
    "need nel nothing now object objects of ok okay onde only other out own own's où paint painted per "
    "perhaps photo photograph picture placed plaît please pls plz por positioned possibly put que "
    "qui quiero quisiera quite rather really render rendered s'il scene se see seems set shall shape "
    "shaped she shot should show si sich simple sind sits sitting size sized so solid solids some somehow "
    "somewhere sono sont sta staan staat stand standing stands stanno stehen stehend stehende stehender "
    "steht such surface-finish svp tem thank thanks then there there's thing things time to tone too "
    "trouve trouvent trova trovano type têm us very veux view voici voilà von vorrei voudrais vous waar "
    "want wants was we well what where which who whose will with wo would you zeichne zeig zeige zich "
    "zijn zit è uh um uhm erm oh ah hm hmm äh ähm euh ehm instead actually thats following "
    "prompt unos unas delle dei degli moi te welcher welche welches bij "
    "auch aussi también anche também ook nur juste dann danach puis ensuite luego después poi depois daarna "
    "alors allora entonces então dus halt mal eben also nun hier wäre wären super toll würde "
    "mögen sehen lassen hast habe hast zeigen zeichnen malen könntest kannst könnten sie du ihr euch uns "
    "danke vielen dank bitteschön lieben gruß grüße davon surtout "
    "j'aimerais j'aimerai aimerais aimerai voir bien merci beaucoup d'avance pourriez pouvez pourrais peux "
    "tu faire dessiner montrer montrez s'il te plait "
    "mi me gustaría gustaria encantaría ver puedes podrías podría poder hacer dibujar muchas gracias "
    "piacerebbe vedere possibile potresti puoi potrebbe fare disegnare grazie mille molte cortesia "
    "gostaria queria poderia pode podes ver fazer desenhar muito obrigado obrigada "
    "dibujas dibujarme dibújeme disegnami disegnarmi disegni desenhe desenha teken "
    "graag zou willen zien kun kunt maken tekenen bedankt dank alsjeblieft alstublieft "
    "possible okey okie hola ciao salut bonjour hallo olá oi hoi gerade einfach irgendwie quasi genau"
)
_HAND, _TOWARDS = r"(?:[- ]?hand)?(?: side)?", "(?:on|to|at|towards?)"
_BESIDE = (
    r"side by side",
    r"next to|besides?|near|neben|[àa] c[ôo]té de|junto a|al lado de|accanto a|close to|by the side of",
    r"alongside|au-dessus d[eu]|sous|[àa] c[ôo]té d[eu]|naast|boven(?:op)?|onder|tussen|unter|entre|fra|tra",
    r"(?:em cima|ao lado|perto|acima|debaixo) d[eoa]s?|sopra|sotto|(?:vicino|accanto) a(?:l|ll[ao])",
    r"(?:encima|debajo|al lado|cerca) del|junto al|dentro d[eoa]l?|dans",
    r"on top of|above|below|under(?:neath)?|beneath|inside|into|between|über|zwischen|encima de|debajo de",
)
_OF_PICTURE = (
    r"(?:of|in|im|de|der|des) (?:the |l'|la |der )?"
    r"(?:picture|image|photo|photograph|frame|scene|screen|canvas|bildes|bilds|bild|fotos|foto)"
)
_VIEWER = r"(?:the )?(?:viewer|camera|us|me|you)"
_THAT = (  # and not "left of that cube"
    r"(?:it|them|(?:that|this|those|these|which)"
    r"(?= ?(?:$|,|(?:an?|the|is|are|stands?|sits?|lies|there|one|two|three|and|i|we|you)\b)))"
)
_SHADES_JOINED = (
    "(?:hell|dunkel|knall|tief|zart|blass|grell|quietsch|gras|himmel|zitronen|sonnen|feuer|blut|nacht|wein|"
    "königs|leuchtend|neon|pastell)-?"
)
_DE = r"d(?:e|'? ?une?)"
_DEL, _DO = "d(?:el(?:l[oae])?|ei|egli)", "d[oa]s?"
_AL = "(?:al(?:l[oae])?|ai|agli)"
_OPENING, _CLOSED = r"(?:^ *|(?<=, )|(?<=and ))", r"(?= +,| *$)"  # a clause, and by its end
_TAKES_BACK = (  # what was said before, in a word or two
    r"wait|hold on|hang on|sorry(?! (?:for|about|to)\b)|i meant?"
    r"|(?:scratch|strike|forget|ignore) (?:that|it)|corr?ection|w?h?oops"
    r"|my (?:bad|mistake)|or rather(?! than)|never ?mind|on second thoughts?|i changed my mind|excuse me"
    r"|make that|let me rephrase|nope|nah|nein|nee|warte?(?: mal)?|moment(?: mal)?|entschuldigung|quatsch"
    r"|ich mein(?:e|te)|(?:doch )?lieber|vielmehr|besser gesagt|attend(?:s|ez)|pardon|désolée?|enfin|oups"
    r"|je veux dire|je voulais dire|plutôt|espera|perd[óo]n|(?:quiero|quise) decir|mejor dicho|más bien|digo"
    r"|aspetta|scus[ai]|anzi|cioè|(?:voglio|volevo) dire|wacht|ik bedoel(?:de)?|desculpe?|quero dizer|aliás"
    r"|ou melhor|quer dizer"
)
_NO = r"(?:no|non|não)"
_DUTCH = "van achter voor op naast onder boven in is staat en"  # before an article
_DUTCH_BEFORE = f"(?:^ *|{'|'.join(f'(?<={before} )' for before in (',', *_DUTCH.split()))})"
_IS_PORTUGUESE = "(?:est|est[áa]|fica)"
LARGER = "(?:larger|bigger|taller|gr(?:ö|oe?)(?:ß|ss)er|(?:plus|más|mas|più|piu) grande?|maior|groter)"
SMALLER = (
    "(?:smaller|tinier|kleiner|(?:plus|más|mas|più|piu) (?:petite?|peque[ñn][oa]|piccol[oa])|menor|kleiner)"
)
THAN_REST = (
    r"(?:than (?:all )?(?:of )?(?:the )?(?:rest|others?|other (?:ones?|two|three|things?|solids?|shapes?)|all"
    r"|everything(?: else)?)|als (?:der|die|das|alle)? ?(?:rest|anderen?)|que (?:les autres|le reste|l[oa]s"
    r" (?:demás|demas|otr[oa]s)|el resto|[oa]s outr[oa]s|o resto)|degli altri|delle altre|del resto"
    r"|dan de (?:rest|andere))"
)
_SAYS_MORE = r"an?|two|three|four|\d+|i|i'd|make|let|let's|it|just|better|draw"
_AFTER_COMMA = (  # where a comma stands before
    rf"{_NO}(?= ,)|{_NO}(?= (?:{_SAYS_MORE})\b)"
    r"|actually|rather(?! (?:than|large|small|big))"
    r"|better|mejor|meglio|besser|melhor|en fait|doch"
)
_HESITATION = r"uh|um|uhm|erm?|oh|ah|hmm?|äh|ähm|euh|ehm?|well|that|,|no|non|não|et|and"
_STANDS = "stack|tower|pile|heap|mound|wall|column|pyramid|row|line|circle|ring|grid|array"
_STANDS_ELSEWHERE = (
    "stapel|turm|haufen|reihe|kreis|tour|pile|tas|rang[ée]e|ligne|cercle|torre|pila|mont[óo]n|fila|l[íi]nea|"
    "c[íi]rculo|mucchio|cerchio|toren|rij|pilha|linha"
)
_ONES = r"(?= (?:\w+ ){0,3}\w+(?<!s)s\b)"  # and not "of glass"
_GROUP = (
    "bunch|group|set|collection|cluster|assortment|pack|flock|herd|swarm|bouquet|family|school|gruppe|groupe|"
    "grupo|gruppo|groep"
)
_OF = r"(?:(?:made |built |consisting )?(?:out )?of|aus|von|de|di|van)"
_NUMBER = r"(?:\w+ )?(?:two|three|four|[2-9]|zwei|drei|vier|deux|trois|dos|tres|cuatro|due|tre)"
_DOZEN = "dozen|dutzend|douzaine|docena|dozzina|dúzia|duzia|dozijn"
_AN = r"(?:an?|the|eine?[mnrs]?|une?|una|um|uma|een) "
TIMES: dict[str, str] = {
    "two": "twice|(?:two|2) times|zweimal|deux fois|dos veces|due volte|twee keer|duas vezes",
    "three": "thrice|(?:three|3) times|dreimal|trois fois|tres veces|tre volte|drie keer|três vezes",
    "four": "(?:four|4) times|viermal|quatre fois|cuatro veces|quattro volte|vier keer|quatro vezes",
}
_ONCE = "(?:once|einmal|une fois|una vez|una volta|een keer|uma vez)"
_THE = "(?:the|d(?:er|ie|as|en|em)|l[aeo]|el|il|de|het|o)"
_NTH = {  # in English, German, French, Spanish, Italian, Dutch and Portuguese
    "1": "first|former|1st|ersteren?|erste[nrs]?|premi(?:er|ère)|primer[oa]?|prim[oa]|eerste|primeir[oa]",
    "2": "second|2nd|zweite[nrs]?|deuxième|seconde?|segund[oa]|second[oa]|tweede",
    "3": "third|3rd|dritte[nrs]?|troisième|tercer[oa]?|terz[oa]|derde|terceir[oa]",
    "4": "fourth|4th|vierte[nrs]?|quatrième|cuart[oa]|quart[oa]|vierde",
    "last": "last|latter|letzteren?|letzte[nrs]?|derni(?:er|ère)|últim[oa]|ultim[oa]|laatste",
}
_OF_THEM = "(?: ones?| of (?:them|the two|these))?"
REFERENCES: dict[str, str] = {  # to what was named before; see references.py
    **{
        rf"(?:{_THE} (?:{words}){_OF_THEM}|(?:{words}) one)(?:'s)?": f"=nth:{order}"
        for order, words in _NTH.items()
    },
    r"(?:the )?same(?: ones?)?(?! (?:as|way|time|kind|place|spot|size|colou?r)\b)"
    rf"|{_THE} (?:gleiche[nrs]?|selbe[nr]?|même|mism[oa]|stess[oa]|zelfde|mesm[oa])"
    r"|d(?:er|ie|as)selbe|(?:de|het)zelfde": "=same",
}
_BIGGER = "larger|bigger|taller|smaller|größer|kleiner|plus|más|mais|più|groter"
_COMPARES = rf"(?! (?:as|so|the (?:size|height|width)|{_BIGGER})\b)"
_KINDNESS = (  # of whom it is asked, and what for
    r"(?:seri?ez|serais|auri?ez|aurais|pourri?ez|pourrais|voudri?ez|ayez)(?: +[^\s,]+){0,3}? +(?:aimables?"
    r"|gentille?s?|amabilité|gentillesse|bonté|obligeance)(?: +(?:pour|de|me))*"
    r"|(?:wären?|wärst|sei|seid|seien|hätten?|hättest)(?: +(?:sie|du|ihr|doch|bitte|mal|so|die))*"
    r" +(?:freundlich|nett|lieb|gut|güte|freundlichkeit|liebenswürdig)"
    r"|(?:ser[ií]as?|tendr[ií]as?)(?: +(?:usted|tan|la))* +(?:amables?|gentil(?:es)?|amabilidad|bondad)"
    r"(?: +(?:de|como|para))*"
    r"|(?:sarebbe|saresti|avrebbe|avresti)(?: +(?:così|cosi|tanto|la))* +(?:gentil[ei]|cortes[ei]|gentilezza"
    r"|cortesia|bontà)(?: +(?:da|di))?"
    r"|(?:seria|poderia|teria|faria)(?: +(?:tão|a|o|me))* +(?:gentil|am[áa]vel|gentileza|bondade|favor)"
    r"(?: +de)?"
    r"|zou(?:den)?(?: +(?:u|je|jullie|zo))* +(?:vriendelijk|aardig|lief|goed)(?: +(?:willen|zijn|om))*"
    r"|(?:i +)?don't +suppose|zu +(?:zeichnen|malen|zeigen|machen|erstellen)"
)
_NO_TROUBLE = (  # "if it is not too much to ask"
    "trouble|ask|mind|bother|inconvenience|possible|verlangt|umstände|mühe|stört|ausmacht|möglich"
    "|demander|d[ée]range|ennuie|embête|posible|pedir|molestia|molesta|importa|inconveniente"
    "|disturbo|dispiace|chieder[ei]|possibile|inc[ôo]modo|possível|gevraagd|moeite|mogelijk"
)
COURTESIES: dict[str, str] = {  # say nothing of a picture, nor of what is not to be there
    rf"(?:if|wenn|falls|sofern|si|se|als)(?: +[^\s,]+){{1,7}}? +(?:{_NO_TROUBLE})"
    r"(?: +(?:macht|ist|wäre|is|mucho|muito|demais|trop|troppo|vous|at all|for you)(?!\w))*": "",
    _KINDNESS: "",
}
PLACES_AND_NUMBERS: dict[str, str] = {
    **COURTESIES,
    rf"{_OPENING}(?:first|second|third|last|final)(?:ly)?(?= (?:an?|one|two|three)\b)": ",",  # of a list
    r"comma|komma|virgule|virgola|vírgula": ",",  # of a dictation
    r"period|full stop|new line|question mark|exclamation (?:mark|point)|punkt|fragezeichen|ausrufezeichen"
    r"|neue zeile|point final|punto (?:final|y aparte)|ponto final": ", ,",
    rf"{_ONCE} ((?:\w+ ){{1,3}})((?:, )?(?:(?:and|und|et|y|e|en) )?){_ONCE}(?= \w)": r"one \1\2one",
    **{rf"(?:{words})(?: {_AN[:-1]})?{_COMPARES}": number for number, words in TIMES.items()},
    rf"(?:^ *|(?<=, )){GREETING}(?= +,| *$"
    r"| (?:please|i|i'd|we|can|could|would|draw|show|make|to|there|all)\b)": "",
    r"(?:rgba?|hsla?|hsv)(?: ,)*(?: \d+(?: ,(?= \d))?)+": "?",
    r"(?:object|item|thing|shape|solid|figure|element) \d+": ",",  # the number of a list
    rf"{_DUTCH_BEFORE}de(?! l[ae]?\b)": "the",
    rf"[oa](?= (?:\w+ ){{1,3}}{_IS_PORTUGUESE}(?!\w))": "the",
    r"o(?= (?:un[ao]?|um|uma)\b)": "or",
    rf"{LARGER} {THAN_REST}": "large",
    rf"{SMALLER} {THAN_REST}": "small",
    rf"(?:(?:{_HESITATION}) )*(?:{_TAKES_BACK}|(?:^|(?<=, ))(?:{_AFTER_COMMA}))"
    rf"(?: (?:{_HESITATION}|{_TAKES_BACK})(?!\w))*": "back!",
    rf"(?:{_AN})?(?:{_STANDS}|{_STANDS_ELSEWHERE}) {_OF}(?= {_NUMBER} )": "pile!",
    rf"(?:{_AN})?(?:(?:{_STANDS}) {_OF}{_ONES}|(?:{_STANDS_ELSEWHERE}) {_OF})|ein (?:stapel|haufen)": (
        "pile! three"
    ),
    rf"(?:{_AN})?(?:{_GROUP}) {_OF}(?= {_NUMBER} )": "",
    rf"(?:{_AN})?(?:{_GROUP}) {_OF}": "three",
    r"(?:two|2) pairs(?: of)?": "four",
    r"(?:three|four|[3-9]) pairs(?: of)?": "many",
    r"(?:a )?(?:couple|pair)(?: of)?|ein paar|une paire de|un par de": "two",
    rf"(?:half (?:an? )?|(?:{_AN})?(?:half|halbe[sn]?|demi|meia|media|mezza|halve?) )(?:{_DOZEN})"
    r"(?: (?:of|d[ei]|von|van)(?!\w))?": "many",
    r"(?:a )?trio(?: of)?|a few|some|several|einige|mehrere|quelques|plusieurs|algunos|algunas|varios|varias"
    r"|alcuni|alcune|diversi|enkele|meerdere|alguns|algumas|vários|várias": "three",
    r"(two|three|four|2|3|4) of (?:them|those|these)": r"\1 them",
    r"(?:one|1) more|noch ein(?:e[rsn]?)?|nog (?:een|één)|encore une?|another one|(?:une? )?autre": "another",
    r"(?:(?:of|in|d[ea]l?|de la|dell[oa]|der|van|in) )?(?:the |la |der |de |dello |del |den |dem |het )?"
    r"(?:(?:same|gleichen?|m[êe]me|mismo|stess[oa]|zelfde|mesma) "
    r"(?:colou?r|farbe|couleur|color|colore|kleur|cor)"
    r"|dezelfde kleur)": "alike:color",
    r"(?:of|in) (?:that|this|its) colou?r": "alike:color",
    r"(?:(?:of|in) )?(?:the )?same size|(?:in )?(?:der )?gleichen? größe": "alike:size",
    **REFERENCES,
    r"shades? of": "",
    r"both of (?:them|those|these|which)|all of (?:them|those|these)": "both",
    r"(?:directly|right|just|standing|immediately) (?=behind|in front)": "",
    r"(?<!the )(?<!to )right(?= (?:next|besides?|by|near|at|under|above|over|between|here|there|now)\b)": "",
    r"as (?:big|large|small|tall|tiny|high|wide) as": "!",
    rf"(?:instead|in place) of|rather than|(?:an)?statt|au lieu {_DE}|en (?:vez|lugar) del?": "not",
    r"invece d(?:i|el|ella)|em vez d[eoa]|in plaats van": "not",
    r"(?:starting )?from (?:the )?(left|right)(?: to (?:the )?(?:right|left))?": r"~row:\1_of",
    r"left to right|von links nach rechts": "~row:left_of",
    r"right to left|von rechts nach links": "~row:right_of",
    r"golden hour|sun ?set|(?:coucher|lever) d[ue] soleil|puesta del? sol|p[oô]r do sol": "sunset",
    r"zonsondergang|zonsopgang|sonnenaufgang": "sunset",
    r"(?:can|could|may|might) (?:i|you|we|u|it|there|be(?: seen)?)": "",
    r"(?:a )?(?:lot|lots) of": "?",
    r"not (?:only|just|merely|simply)|nicht (?:nur|bloß|allein)|non seulement|pas seulement"
    r"|no s[óo]l(?:o|amente)|non sol(?:o|tanto)|niet alleen|não (?:só|apenas|somente)": "",
    r"not (?:too|very) \w+": "!",
    r"that(?:'s| is| are)|which (?:is|are)|who is": "",
    rf"(?:{_TOWARDS} (?:the |its |their )?)?(left|right){_HAND} (?:of|from) {_THAT}": r"~its:\1_of",
    rf"(?:(?:on|to|at|in) (?:the )?)?(left|right){_HAND} {_OF_PICTURE}": r"~at:\1_of",
    rf"links {_OF_PICTURE}|(?:auf der )?linken seite|[àa] gauche {_OF_PICTURE}": "~at:left_of",
    rf"rechts {_OF_PICTURE}|(?:auf der )?rechten seite|[àa] droite {_OF_PICTURE}": "~at:right_of",
    r"links davon": "~its:left_of",
    r"rechts davon": "~its:right_of",
    r"davor": "~its:in_front_of",
    r"dahinter": "~its:behind",
    r"daneben": "~no",
    r"anything but": "not",
    r"(?:on|to|at|in) (the|an?) ((?:\w+ ){0,2}\w+)'s (left|right)(?:[- ]?hand)?(?: side)?": (
        r"~of:\3_of \1 \2"
    ),
    r"(?:on|to|at|in) (the|an?) ((?:\w+ ){0,2}\w+)'s front": r"~of:in_front_of \1 \2",
    r"(?!(?:that|it|there|let|what|here|he|she|who|where|a)'s)([^\W\d_]{2,})'s": r"\1",
    r"(?:on|at|to) (?:each|either|both|every|opposite) sides?(?: of)?|auf beiden seiten(?: von)?": "~no",
    rf"{_SHADES_JOINED}(rot|blau|grün|gelb|orange|lila|violett|rosa|türkis|grau|braun)(?:e[rsnm]?)?": (
        r"shade! \1"
    ),
    r"(?:em|com|num)(?= (?:um )?fundo\b)": "on",
    r"[àa] sa gauche|a su izquierda|alla sua sinistra|zu (?:seine|ihre)r linken": "~its:left_of",
    r"[àa] sa droite|a su derecha|alla sua destra|zu (?:seine|ihre)r rechten": "~its:right_of",
    rf"(?:closer|nearer)(?: to {_VIEWER})? than": "~of:in_front_of",
    rf"(?:further|farther)(?: (?:away|back|off))?(?: from {_VIEWER})? than": "~of:behind",
    rf"(?:{_TOWARDS} (?:the |its )?)?(left|right){_HAND} (?:off?|from|to)": r"~of:\1_of",
    rf"(?:on|to|at) (?:its|their|his|her) (left|right){_HAND}": r"~its:\1_of",
    rf"(?:on|to|at|in) the (?:far )?(left|right){_HAND}(?: part| half)?": r"~at:\1_of",
    rf"(?:in )?front of {_THAT}|before {_THAT}": "~its:in_front_of",
    rf"(?:behind|in back of) {_THAT}": "~its:behind",
    rf"{_OPENING}in (?:the )?front(?! of)|(?:in (?:the )?)?front{_CLOSED}": "~at:in_front_of",
    rf"(?:devant|(?:por )?delante|davanti){_CLOSED}|vorne?|im vordergrund": "~at:in_front_of",
    rf"(?:behind|(?:in )?back|derri[èe]re|detr[áa]s|atr[áa]s|dietro){_CLOSED}|hinten": "~at:behind",
    r"standing in front of|in ?front of|in front|before|devant|vor|voor": "~of:in_front_of",
    rf"(?:por )?delante del|(?:na|à|em) frente (?:{_DO}|aos?|às?)|(?:davanti|di fronte) {_AL}"
    r"|(?:en )?frente (?:del|al)|vorm": "~of:in_front_of the",
    r"(?:por )?delante de|(?:na|à|em) frente de|(?:davanti|di fronte) ad?"
    r"|in fronte a|(?:en )?frente (?:de|a)": "~of:in_front_of",
    r"behind|in (?:the )?back of|(?:at|to|in) the (?:rear|back) of|beyond|hinter|achter": "~of:behind",
    rf"(?:por )?(?:atr[áa]s|detr[áa]s) (?:{_DO}|del)|dietro {_AL}|hinterm": "~of:behind the",
    r"derri[èe]re|(?:por )?(?:atr[áa]s|detr[áa]s) de|dietro(?: a)?": "~of:behind",
    rf"links vom|[àa] (?:la )?gauche d(?:u|es)|(?:a la )?izquierda del|a sinistra {_DEL}"
    rf"|[àa] esquerda {_DO}": "~of:left_of the",
    rf"links (?:von|van|neben)|[àa] (?:la )?gauche {_DE}|(?:a la )?izquierda de": "~of:left_of",
    r"a sinistra di|[àa] esquerda de": "~of:left_of",
    rf"rechts vom|[àa] (?:la )?droite d(?:u|es)|(?:a la )?derecha del|a destra {_DEL}"
    rf"|[àa] direita {_DO}": "~of:right_of the",
    rf"rechts (?:von|van|neben)|[àa] (?:la )?droite {_DE}|(?:a la )?derecha de": "~of:right_of",
    r"a destra di|[àa] direita de": "~of:right_of",
    r"(?:in|at) the (?:foreground|front)": "~at:in_front_of",
    r"(?:closer|nearer|closest|nearest) to (?:the )?(?:viewer|camera|us|me|you)": "~at:in_front_of",
    r"(?:in|at) the (?:background|back|rear|distance)|(?:further|farther) (?:away|back)": "~at:behind",
    r"(?:the |on the )?(left|right)most": r"~at:\1_of",
    r"(left|right)ward": r"~next:\1_of",
    r"links|linke[nrsm]?|(?:[àa]|de) gauche|(?:a la )?izquierd[oa]s?|(?:a|di) sinistra|left": "~at:left_of",
    r"rechts|rechte[nrsm]?|(?:[àa]|de) droite|(?:a la )?derech[oa]s?|(?:a|di) destra|right": "~at:right_of",
    "|".join(_BESIDE): "~no",
    r"with|mit|avec|con": "with",
    r"(?:an?)?other (?:colou?rs?|sizes?)": "!",
}
PLACES = ("behind", "front", "right", "left", "beside")  # slips of which are read before
OTHER_SIGNS: dict[str, str] = {  # Chinese and Japanese, for a sign
    "red": "红色 红 赤い 赤色 赤 紅色 紅",
    "orange": "橙色 橙 橘色 オレンジ色 オレンジ",
    "yellow": "黄色い 黄色 黄 黃色 黃",
    "green": "绿色 绿 緑色 緑 綠色",
    "blue": "蓝色 蓝 青い 藍色 藍 青",
    "purple": "紫色 紫",
    "pink": "粉红色 粉色 粉红 ピンク色 ピンク 桃色",
    "large": "巨大な 大きな 大きい 巨大 大的 大",
    "small": "小さな 小さい 小的 小型 小",
    "white": "白色 白い 白",
    "grey": "灰色 グレー",
    "a": "一个 一個 一只 一颗 一つの 一つ ひとつの 1つの 一",
    "another": "另一个 另一個 もう一つの もう一つ もう一個の もう一個 もう1つの もう1つ",
    "two": "兩個 两个 二个 两只 二つの 二つ ふたつの 2つの 两 二 2個の",
    "three": "三个 三個の 三つの 三つ 3つの 三 3個の",
    "four": "四个 四つの 四つ 4つの 四",
    "not": "不是 不 没有 なし ない",
    "and": "和 与 以及 還有 还有 跟 と",
    "back!": "じゃなくて ではなくて でなくて じゃなく ではなく でなく",
    "same!": "の方 方 のほう ほう",
    "on": "在 上に 上の 上",
    "": (
        "的 里 有 请 画 我 想要 图片 の が を に で は も ある あり あります 描いて "
        "ください 置いて いる お願いします 一张 那 这 个 颗 只 时 放 放着 下 です "
        "一幅 画一 给 い な 是 很 也 個の 個 つの つ 可爱的 可爱 可愛的 漂亮的 漂亮 美丽的 かわいい 可愛い "
        "かわいらしい 可愛らしい きれいな 綺麗な 美しい 素敵な 如果不麻烦的话 不麻烦的话 如果可以的话 "
        "麻烦你 麻烦您 劳驾 もしよろしければ よろしければ もしよければ よければ お手数ですが "
        "恐れ入りますが すみませんが"
    ),
}
EAST_RELATIONS: dict[str, str] = {  # "A 在 B 左边", "B の左に A": what they are said of stands before
    "left_of": "的左边 左边 的左侧 左侧 左面 的左方 左方 の左側に の左に の左側 の左 左側 左 的左邊 左邊",
    "right_of": "的右边 右边 的右侧 右侧 右面 的右方 右方 の右側に の右に の右側 の右 右側 右 的右邊 右邊",
    "in_front_of": "的前面 前面 的前方 前方 の前に の手前に の前 手前 前边 前邊 前",
    "behind": "的后面 后面 的后方 后方 の後ろに の後ろ の奥に 後ろ 的後面 後面 后边 後邊 の奥 奥 后 後",
}


def _east(word: str, relation: str) -> str:
    """Of what came last; without a sign that says so it may be a side of the picture."""
    return f"~{'east' if word[0] in 'の的' else 'bare'}:{relation}"


TOO_MANY = each(
    "5 6 7 8 9 10 five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty thirty forty fifty dozen dozens hundred hundreds thousand thousands million "
    "millions several many fünf fuenf sechs sieben acht neun zehn zwölf zwoelf zwanzig dreißig dutzend "
    "cinq sept huit dix douze quinze vingt trente douzaine dizaine vingtaine centaine cinco siete ocho "
    "nueve diez doce quince veinte docena decena cinque sette nove dieci dodici dozzina decina seis sete "
    "oito dez doze vinte dúzia duzia dezena vijf zes zeven negen tien twaalf twintig dozijn tiental"
)
MAY_COUNT = each(  # before what is counted more than four, else another word: "sei" is "be", "neuf" is "new"
    "sei elf once onze neuf otto venti cent cento cien cem mil mille hundert tausend honderd duizend "
    "viele muchos muchas molti molte muitos muitas veel vele beaucoup"
)
ELF = "elf"  # of a language whose nouns are often the same for several
MANY_EAST = re.compile(  # five or more of Chinese or Japanese, with the word that counts
    "(?:(?=[一二三四两]*[五六七八九十百千])[一二三四两五六七八九十百千]+|[好许許]?几|[好数何]?幾)"
    "(?:[个個]の?|[只隻颗顆枚匹头頭条條辆輛架朵棵块塊台本羽冊座把支顶艘輪]の?|つの?)"
    "|[半一1]?(?:打|ダースの?)|许多|很多|許多|好多|たくさんの?|沢山の?"
)
NOT_WORDS = each(
    "zero except excluding minus außer sauf excepto eccetto behalve exceto not no without never don't "
    "doesn't isn't neither nor weder ni né nem ohne kein keine keinen nicht sans pas sin non zonder sem"
)
GLUE = ("the", "and", "on", "with", "it", "them", "both", "back!", "pile!", "or!")
KINDS_OF_PLACE = ("of", "its", "at", "next", "east", "bare", "row")


def phrases_of(phrases: Mapping[str, str]) -> tuple[tuple[re.Pattern[str], str], ...]:
    """What is found of several words, and the sign of it."""
    return tuple((re.compile(rf"(?<![\w~:=])(?:{phrase})(?!\w)"), sign) for phrase, sign in phrases.items())


def scripts_of(signs: Mapping[str, str], places: Mapping[str, str]) -> dict[str, str]:
    """Words of a script without spaces, the longest first."""
    pairs = [
        *((word, sign) for sign, words in signs.items() for word in words.split()),
        *((word, _east(word, place)) for place, words in places.items() for word in words.split()),
    ]
    return dict(sorted(pairs, key=lambda pair: -len(pair[0])))
