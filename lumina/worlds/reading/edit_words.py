"""The words of instructions that the readers of all worlds look up, besides those of pictures (words.py).

Signs of their own begin with ``=``: verbs (``=make``), what parts what is named (``=into``, ``=instead``),
ways (``=way:left_of``), and what is said of a thing by comparison (``=bigger``).
"""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache

from lumina.worlds.language import latin
from lumina.worlds.reading.signs import PRONOUN, PRONOUNS, Lexicon
from lumina.worlds.reading.words import LARGER, REFERENCES, SMALLER, THAN_REST, each, phrases_of

_LIGHTS = ("daylight", "sunset", "night")  # of which a world may have some
IF, UNLESS = "=if", "=unless"  # what comes next says when
WITH_PRONOUNS = (  # verbs to which a pronoun may be joined
    "=make", "=paint", "=turn", "=change", "=replace", "=swap", "=remove", "=add", "=put", "=move", "=take",
    "=bigger", "=smaller", "=darker", "=brighter",
)  # fmt: skip


VERBS: dict[str, str] = {
    "=make": (
        "make makes making made colour color recolour recolor dye tint set give render become "
        "becomes becoming "
        "mach mache machen färb färbe färben faerbe male mal gib "
        "rends rendre rend fais faire colorie colorier colore colorer donne "
        "haz hacer colorea colorear dale fai rendi colora maak kleur faça faz deixe torne"
    ),
    "=paint": (
        "paint paints painting repaint streiche bemale lackiere peins peindre peint pinta pintar pinte "
        "dipingi verf"
    ),
    "=turn": (
        "turn turns turning transform convert morph verwandle verwandeln wandle wandele transforme "
        "transformer transforma transformar convierte convertir trasforma converti verander transforme vire"
    ),
    "=change": (
        "change chang changes changing alter modify ändere ändern aendere wechsle changer changez modifie "
        "cambia cambiar cambie modifica wijzig mude muda mudar troque"
    ),
    "=replace": (
        "replace replac replaces replacing substitute ersetze ersetzen ersetz remplace remplacer reemplaza "
        "reemplazar sustituye sustituir remplaza sostituisci vervang substitua substitui"
    ),
    "=swap": "swap switch exchange trade tausche tauschen tausch échange échanger intercambia scambia ruil",
    "=remove": (
        "remove remov removes delete delet deletes erase erases eliminate hide clear drop lose discard "
        "vanish vanishes removing deleting erasing disappear disappears gone kill destroy dispose ditch "
        "scrap omit exclude subtract banish trash evaporate "
        "entferne entfernen entfern lösche löschen lösch loesche radiere beseitige beseitigen "
        "verschwinden verschwindet supprime supprimer supprimez enlève enleve enlever enlevez retire retirer "
        "efface effacer ôte vire disparaître disparaitre quita quitar quite elimina eliminar borra borrar "
        "saca sacar desaparecer togli rimuovi rimuovere cancella verwijder verwijderen wis remova tire tira "
        "apague apaga"
    ),
    "=add": (
        "add ad adds adding insert create draw include introduce generate append spawn füge fuege füg hinzu "
        "hinzufügen dazu ergänze zeichne zeichnen ajoute ajouter ajoutez rajoute insère dessine dessiner "
        "crée añade añadir agrega agregar anade inserta dibuja crea aggiungi aggiungere inserisci "
        "disegna voeg "
        "toevoegen teken adicione adiciona acrescente insira desenhe"
    ),
    "=put": (
        "use put puts putting place stand lay stell stelle stellen setz setze setzen leg lege legen "
        "platziere mets mettre mettez met pose poser pon poner coloca colocar ponga metti mettere poni "
        "zet plaats ponha coloque "
        "bota"
    ),
    "=move": (
        "move moves moving shift slide push drag pull bring send relocate nudge go goes jump roll bewege "
        "bewegen beweg verschiebe verschieben verschieb rücke rück schiebe schieb déplace deplace déplacer "
        "bouge bouger pousse pousser avance recule mueve mover desplaza desplazar sposta spostare muovi "
        "verplaats schuif beweeg mova movimente desloque"
    ),
    "=take": "take takes nimm nehme nehmen prends prendre prendi pak haal pegue grab pick throw wirf get",
    "=away": "away out off weg raus fort via dehors afuera",
    "=want": (
        "want wants need needs wish prefer there have should möchte hätte will gibt soll sollte brauche "
        "voudrais veux quiero quisiera deseo vorrei voglio wil quero queria"
    ),
    "=into": "into to in zu zum zur en em nach vers",
    "=for": "for by durch gegen par pour por contre contra per tegen",
    "=from": "from",
    "=bigger": (
        "bigger larger taller grow grows enlarge expand inflate magnify upscale größer groesser grösser "
        "vergrößere vergrößern agrandis agrandir grossis agranda agrandar aumenta ingrandisci groter "
        "vergroot maior aumente"
    ),
    "=smaller": (
        "smaller tinier shorter shrink shrinks reduce kleiner verkleinere verkleinern rétrécis rétrécir "
        "réduis réduire reduire achica reducir rimpicciolisci riduci verklein menor diminua"
    ),
    "=darker": "darker darken dunkler verdunkle assombris oscurece scurisci donkerder",
    "=brighter": "brighter lighter brighten lighten bright heller hell éclaircis aclara schiarisci lichter",
    "=light": "light lights lighting lamp sky room licht beleuchtung lumière luz luce éclairage iluminación",
    "=undo": (
        "undo revert rückgängig annule annuler deshacer deshaz annulla desfazer desfaça zurücksetzen reset "
        "restore"
    ),
    ",": (
        "then dann danach anschließend puis ensuite luego después poi dan daarna depois but aber mais pero ma"
    ),
    IF: "if when whenever wenn falls sofern si s'il quand lorsque cuando quando wanneer",
    UNLESS: "unless because since cuz weil parce puisque porque perché omdat",
    "it": f"ihn {PRONOUN}",
    "them": PRONOUNS,
    "the": "teh o os",
    "and": "or oder ou",
    "not": "dont doesnt no_need",
}
_FLUFF = each(  # says nothing of a change
    "actually again ahead already also anche anymore around's ask asking auch aussi bisschen bit bonjour "
    "bother cambio color's colore colores colours como complete completely couleur couleurs côté dass "
    "deutlich did do doch doe does doing donc done du early eh einfach entire entirely essere etwas ever "
    "everything's farbe farben form forma forme full gleich größe hacia had hallo has hello her het hi "
    "hmm hola i'm if im immediately instead item items its just juste kannst kind kindly kleur könntest "
    "lado lass lasse late lot mal maybe mehr mich mind moi molto more much muy más naar new nicer now nur "
    "ok okay once only ook ot para peux picture's più plus podrías possible pourrais pouvez puedes puedo "
    "que really salut scene's sea sehr sein seite ser shape shapes shoud should've side simply size "
    "slightly so solo somewhat sorry stattdessen taille tamaño también também te that's thing thingy tint "
    "toe totally try très tu twice uh ultimately un' version verso very was weiter wenig werden "
    "warum whole why wird wondering zijn être peut scène escena szene "
    "doit must muss debe"
)
_THE = "the|die|der|la|le|el|il|de|het"
_COLOUR = "colou?rs?|farbe|couleur|colore|kleur|cor|size|größe|taille|tamaño|shape"
_HAND = r"(?:[- ]?hand)?(?: side)?"
_A_BIT = (
    r"(?:an? |the )?(?:little|tiny|wee|bit|touch|lot|much|way|far|slightly|somewhat|etwas|deutlich|viel|"
    r"un peu|beaucoup|bien|un poco|mucho|un po'|molto|ein bisschen|ein wenig|un pouco|een beetje)(?: bit)?"
)
_THE_LIGHT = "(?:the )?(?:lights?|lamps?)"
_SWITCH = "(?:turn|switch|put|mach|schalte?)"
_TOO = "(?:too|zu|trop|demasiado|muy|troppo|te|so)"
_MORE = "(?:más|mas|plus|più|mais)"
_FURTHER = "(?:(?:further|farther|more) )?"
_AS_IT_IS = (
    "(?:(?:is|stays?|remains?) )?(?:perfect |fine |good )?"
    "(?:as (?:it|they|is)(?: is| are)?|the same|unchanged|alone|perfect)"
)
_COMPARISON = (
    "more|further|farther|closer|nearer|to the|to your|left|right|back|forward|nach|vers|hacia|à|a la|"
    "smaller|bigger|larger|taller|shorter|tinier|brighter|lighter|darker|größer|kleiner|heller|dunkler|plus|más"
)
_UPPER, _CORNER = "(?:(?:top|bottom|upper|lower)[ -]?)?", "(?:corner|edge|top|bottom|air)"
_GOES_ON = "(?:of|off|from|to|hand|side)"
_OF_PICTURE = "(?: of (?:the )?(?:picture|image|scene|ground|table|frame|photo))?"
_STAYS = (
    "keep|preserve|leave(?! out)|don't touch|do not touch|behalte?|garde|mantén|conserva|mantieni|mantenha"
)
_ELSE = "and|but|then|while|as|or|aber|und|mais|et|pero|y|ma|e|mas"
_PHRASES: tuple[tuple[str, tuple[str, ...]], ...] = (  # signs, and what is read as them, in this order
    (r"~of:\3_of \1 \2", (
        r"(?:on|to|at|in) (the|an?) ((?:\w+ ){0,2}\w+)'s (left|right)(?:[- ]?hand)?(?: side)?",
    )),
    (r"\1", (r"(?!(?:that|it|there|let|what|here|he|she|who)'s)(\w+)'s(?: (?:colou?rs?|size|shape))?",)),
    (r"\2 \1", (r"(\w+) (?:, )?(?:which|that|who) (?:is|are) (\w+) ,",)),  # "the bird, which is blue, pink"
    ("=into", ("into",)),
    ("", (
        "por favor", "s'il (?:te|vous) pla[iî]t", "per favore", "als(?:tu|je)blieft",
        "(?:if|when|once) you (?:can|could|please)", "(?:kannst|könntest|würdest|magst) du",
    )),
    ("", ("(?:can|could|may|might) (?:i|you|we|u|it|there)(?: please)?",)),
    ("", (
        "would it be (?:okay|possible|ok) (?:to|if)",
        "if (?:it is|it's) possible",
    )),
    ("", ("(?:i|we) (?:already )?have", "there (?:is|are) already")),
    ("", (  # what is to stay: nothing else changes anyway
        rf"(?:{_STAYS})(?: (?!=)\w+)+?(?= ?(?:$|,|(?:{_ELSE})\b))",
    )),
    ("", (f"(?:keep |leave |and )?(?:everything|all|the rest)(?: else)? {_AS_IT_IS}",)),
    ("", (
        r"(?:without|not) (?:touching|changing|altering|moving) (?:the |any)?\w+(?: else| \w+)?(?= ?(?:$|,))",
        r"sin (?:cambiar|tocar|mover) (?:lo demás|nada más|el resto|(?:la|el) \w+)",
        r"(?:der rest|alles andere|die anderen) bleib(?:t|en)(?: (?:gleich|so|unverändert|wie \w+ \w+))?",
        "ne (?:change|touche|modifie|bouge)z? (?:à )?rien(?: d'autre)?",
        r"sans (?:changer|toucher|modifier) (?:à |au )?(?:le |la )?(?:rest\w*|\w+)",
    )),
    ("", (
        "(?:(?:in|at) )?(?:the )?same (?:place|spot|position|objects?|things?|scene|picture)", "all over",
        "under (?:it|them)", "or so",
    )),
    ("sunset", (
        "(?:when |as )?(?:the )?sun(?:'s| is)? (?:go(?:es)?|going|comes?|coming) (?:down|up)",
        "(?:when |as )?(?:the )?sun(?:'s| is)? (?:sets?|setting|rises?|rising)",
    )),
    ("sunset", (
        "(?:coucher|lever) d[ue] soleil", "puesta de sol", "salida del sol", "amanecer", "anochecer",
        "tramonto", "alba", "sonnenaufgang", "pôr do sol", "zonsondergang",
    )),
    ("", (f"(?:{_THE}) (?:{_COLOUR})(?: (?:of|from|von|vom|de|du|des|der|del|della|dello|van))",)),
    ("", (r"de colou?r(?= \w)",)),
    ("the", (f"(?:{_THE}) (?:{_COLOUR})",)),
    ("=remove", (
        "get rid of", "do away with", "be gone", "go away", "leave out", "let go of", "cut out", "rid of",
        "fais dispara[iî]tre", "haz desaparecer", "lass(?= .*verschwinden)",
        r"make(?= .*\b(?:disappear|vanish|gone|go away)\b)",
    )),
    ("=exchange", (  # of two things
        r"(?:swap|switch|trade|exchange|change|(?:ver)?tausche?n?|échange[rz]?|intercambiar?|cambiar?) "
        r"(?:(?:the|their|die|ihre|les|leurs|las|los|sus) )?"
        r"(?:positions|places|spots|plätze|positionen|posiciones|lugares|sitios)",
    )),
    ("=remove", (
        r"(?:must|should|can|could|(?:has|have|needs?|ought) to) go(?= ?(?:$|,|please))",
        "(?:muss|soll|kann|darf) weg", "(?:doit|peut) (?:partir|dispara[iî]tre)", "(?:debe|puede) irse",
    )),
    (r"=add ein \1", (r"eine?n? (?!bisschen|wenig)(\w+) mehr",)),
    ("=make the background", (  # "remove the background and make it white"
        r"(?:remove|delete|clear|change|replace) the background(?: and| ,| then)+ (?:make|paint|turn) it",
    )),
    ("=add", (
        r"(?:give|bring|get) (?:me|us)(?= (?:an?|another|one|two|three|some)\b)",
        r"get(?= (?:an?|another|some)\b)",
    )),
    ("daylight", ("let there be light",)),
    ("=want", (
        "(?:would|'d|i'd) (?:like|love|prefer)(?: to (?:have|see|get))?", "i(?:'d| would) rather have",
    )),
    ("=want", (r"(?:can|could)(?= (?:the|this|that|these|my)\b)",)),
    ("=want", ("let there be", "how about", "what about")),
    ("night", (
        f"{_THE_LIGHT} (?:off|out)", f"{_SWITCH} (?:off|out) {_THE_LIGHT}",
        f"{_SWITCH} {_THE_LIGHT} (?:off|out|down)", f"dim {_THE_LIGHT}", "less light",
    )),
    ("night", (
        f"{_SWITCH} das licht aus", "éteins la lumière", "apaga la luz", "spegni la luce",
        "doe het licht uit",
    )),
    ("daylight", (
        f"{_SWITCH} on {_THE_LIGHT}", f"{_SWITCH} {_THE_LIGHT} (?:on|up)", f"{_SWITCH} das licht an",
        "lights on", "more light",
    )),
    ("daylight", ("allume la lumière", "enciende la luz", "accendi la luce", "doe het licht aan")),
    ("=light", ("(?:the )?time of (?:the )?day",)),
    ("=undo", (
        "(?:go|put (?:it|that)|take (?:it|that)) back",
        "back to (?:the )?(?:original|start|before|previous)", "bring back",
        "(?:the )?(?:previous|last) (?:one|picture|step|turn|version|change|edit)", "start over",
        "mach (?:das )?rückgängig",
    )),
    ("=instead", (
        "instead of", "in place of", "rather than", "anstatt", "statt",
        "anstelle (?:von|des|der|eines|einer)", "invece d(?:i|el|ella)", "au lieu d(?:e|u|'une?)",
        "[àa] la place d(?:e|u|'une?)", "en (?:vez|lugar) del?", "al posto d(?:i|el|ella)", "in plaats van",
        "em vez d[eoa]", "no lugar d[eoa]", r"where(?= .*\b(?:is|was|stands|stood)\b)",
    )),
    ("=bigger", (f"{_TOO} (?:small|little|tiny|klein|petite?|pequeñ[oa]|piccol[oa])",)),
    ("=smaller", (f"{_TOO} (?:big|large|huge|groß|gross|gro(?:ss|ß)e?|grande?|groot)",)),
    ("=brighter", (f"{_TOO} (?:dark|dunkel|sombre|oscur[oa]|scur[oa])",)),
    ("=darker", (f"{_TOO} (?:bright|light|hell|clair|clar[oa]|chiar[oa])",)),
    ("=bigger", (f"{LARGER} {THAN_REST}",)),
    ("=smaller", (f"{SMALLER} {THAN_REST}",)),
    ("!", (
        "as (?:big|large|small|tall) as", "(?:an?)?(?:other|different|new|random) (?:colou?rs?|sizes?)",
    )),
    ("=bigger", (
        f"{_MORE} grande?s?", "plus gross?e?", "(?:scale[ds]?|blow|blown|size|sized|bump) (?:it )?up",
    )),
    ("=bigger", (
        "(?:increase|double|triple) (?:the )?(?:size|scale)(?: of)?", "double",
        "twice (?:as|the) (?:big|large|size)(?: as)?",
    )),
    ("=smaller", (
        f"{_MORE} (?:petite?|pequeñ[oa]|pequen[oa]|piccol[oa])s?", "(?:scale[ds]?|size|sized) (?:it )?down",
    )),
    ("=smaller", (
        "(?:decrease|reduce|halve) (?:the )?(?:size|scale)(?: of)?", "halve",
        "half (?:as|the) (?:big|large|size)(?: as)?", "less (?:big|large)",
    )),
    ("=brighter", ("(?:brighten|lighten|light) (?:it |this |things |everything )?up",)),
    ("=darker", (f"{_MORE} (?:sombre|oscur[oa]|scur[oa])s?",)),
    ("=brighter", (f"{_MORE} (?:clair|clar[oa]|chiar[oa])e?s?",)),
    ("", (f"{_A_BIT}(?= +(?:=|~|{_COMPARISON}))", r"an? (?:little|tiny|wee)?(?: ?bit)?(?= ?(?:$|,))")),
    ("?", (  # by how much is not said
        r"(?:by )?(?:\w+ )?times(?= (?:=|as|the|bigger|smaller|larger))",
        r"(?:by )?\d+(?: (?:percent|prozent|times|pixels?|px|cm|degrees))",
        r"(?:by )?\d+(?= (?:=bigger|=smaller|bigger|smaller|larger|taller|shorter))",
    )),
    ("=middle", (
        f"(?:(?:in|at|into|to|on|of|towards?) )?(?:the )?(?:very )?(?:middle|cent(?:er|re)){_OF_PICTURE}",
        "in die mitte", "in der mitte", "au (?:milieu|centre)", "en el (?:medio|centro)", "al centro",
        "no (?:meio|centro)",
    )),
    ("", ("(?:in|=into|to|on) (?:the |this )?(?:picture|image|scene|photo|frame)",)),
    ("~no", (
        f"(?:in|=into|to|at) (?:the |a )?{_UPPER}(?:(?:left|right)[ -]?)?(?:hand )?{_CORNER}{_OF_PICTURE}",
    )),
    ("=way:above", ("up(?:wards?)?", "higher", "nach oben", "vers le haut", "hacia arriba")),
    ("=way:below", ("down(?:wards?)?", "lower", "nach unten", "vers le bas", "hacia abajo")),
    ("~no", (
        "onto? top", "around", "further (?:apart|from)", "closer together",
        "(?:closer|nearer|close) to(?! (?:the )?(?:front|back|camera|viewer|left|right|us|me|you))",
        "away from",
    )),
    (r"=way:\1_of", (
        rf"{_FURTHER}(?:to|towards?) (?:the |its |your )?(left|right){_HAND}(?! ?-?{_GOES_ON}\b)",
    )),
    (r"=way:\1\2_of", (
        f"{_FURTHER}(left|right)wards?", "(?:further|farther) (left|right)(?! (?:of|from))",
    )),
    ("=way:left_of", (
        "nach links(?! v)", "(?:vers|à|a) (?:la )?gauche(?! d)", "(?:hacia|a) (?:la )?izquierda(?! de)",
        "(?:verso|a) sinistra(?! d)", "naar links(?! v)", "(?:para|à) (?:a )?esquerda(?! d)",
    )),
    ("=way:right_of", (
        "nach rechts(?! v)", "(?:vers|à|a) (?:la )?droite(?! d)", "(?:hacia|a) (?:la )?derecha(?! de)",
        "(?:verso|a) destra(?! d)", "naar rechts(?! v)", "(?:para|à) (?:a )?direita(?! d)",
    )),
    ("=way:in_front_of", (
        f"{_FURTHER}(?:to|towards?|in|=into|at) (?:the )?(?:front|foreground)(?! of)", "forwards?",
        "frontwards?", "(?:closer|nearer)(?: to (?:the )?(?:me|us|you|camera|viewer|front))?",
        "nach vorne?", "vers l'avant", "en avant", "hacia (?:a?delante)", "in avanti", "avanti",
        "naar voren", "para (?:a )?frente",
    )),
    ("=way:behind", (
        f"{_FURTHER}(?:to|towards?|in|=into|at) (?:the )?(?:back|rear|background)(?! of)", "backwards?",
        "back", "(?:further|farther)(?: (?:away|back))?", "nach hinten", "vers l'arrière", "en arrière",
        "hacia atrás", "indietro", "naar achteren", "para trás",
    )),
    ("~of:left_of the", ("links vom",)),
    ("~of:right_of the", ("rechts vom",)),
    ("not", (
        "ne (?:veux|voudrais|veut) (?:plus|pas)(?: de)?",
        "no more", "not (?:any|a|an|the|want)", "less(?= (?!big|large|light))",
        r"(?:too|(?<=ist )zu|trop|demasiado|troppo)(?= (?!please|it\b|the\b)\w)",
    )),
    ("", ("twice", "de nouveau")),
    *((sign, (pattern,)) for pattern, sign in REFERENCES.items() if sign != "=same"),
    ("another", ("(?:an?)?(?:other|extra|additional|second|third|zusätzliche[rsn]?|weitere[rsn]?)(?= )",)),
)  # fmt: skip
_SCRIPTS = {  # Chinese and Japanese
    "=into": "到 くして くする 变成 变为 改成 改为 改变为 改变成 换成 变 にして にする に変えて に変える",
    "=from": "从 由",
    "=change": "改变",
    "night =into": "夜にして 夜にする",
    "sunset =into": "夕方にして 夕焼けにして",
    "daylight =into": "昼にして 昼間にして",
    "=remove": "删除 去掉 移除 拿走 删掉 消して 削除して 取り除いて 消す 削除",
    "=add": "添加 加上 增加 加 追加して 追加 加えて",
    "=move": "移动到 移动 移到 移 動かして 移動して 移動",
    "=put": "放在 置いて",
    "=bigger": "变大 大きくして もっと大きくして もっと大きく 更大 放大",
    "=smaller": "变小 小さくして もっと小さくして もっと小さく 更小 缩小",
    "=paint =into": "涂成 刷成 染成 塗って",
    "=replace": "替换 替换成 置き換えて",
    "": (
        "把 将 让 成 请把 を と から の色 的颜色 道 一点 一点儿 向 往 へ "
        "其他不变 其他都不变 其余不变 别的不变 别的不要动 其他不要动 其他的不要动 其他保持不变 "
        "他はそのままで 他はそのまま ほかはそのまま 残りはそのまま"
    ),
    "=way:above": "向上 往上",
    "=way:below": "向下 往下",
    "=move =way:above": "上に動かして 上に移動して",
    "=move =way:below": "下に動かして 下に移動して",
}
_NEVER_SLIPS = each(  # look like slips, but are words
    "ads arrange bored bring chance charge clean cover create dad dead deer delight draws drew great hind "
    "hint lover mane mare mark mask mode model moved mover movie odd orange over painter palace paste "
    "place plaice plane plate pointed range relate remote removal rename replay resume shape shirk shrine "
    "squash squashed squish "
    "swamp swan taste treat"
)
_SLIPS_OF = (
    "remove delete erase replace change paint bigger smaller larger background insert place enlarge shrink "
    "exchange substitute transform convert brighter darker move swap make undo shift slide"
)


@cache
def _verbs() -> dict[str, str]:
    """The sign of each word."""
    return {other: sign for sign, others in VERBS.items() for other in others.split()}


def verb_of(word: str) -> str:
    """The verb that a word means the same as, "remove" of "lösche"; "" of any other word."""
    sign = _verbs().get(word, "")
    return sign.removeprefix("=") if sign.startswith("=") else ""


def instructions(
    prompts: Lexicon,
    relations: Collection[str],
    verbs: Mapping[str, str] | None = None,
    phrases: Mapping[str, str] | None = None,
) -> Lexicon:
    """The lexicon of a world's instructions: that of its prompts, and these words.

    What the world has no words for is a place that cannot be said, or is not looked up. ``verbs`` and
    ``phrases`` are the world's own, which come first.
    """
    lookup = {**prompts.lookup, **_verbs(), **(verbs or {})}
    own = phrases_of(phrases or {})
    east = {word: sign for sign, words in _SCRIPTS.items() for word in words.split() if _has(prompts, sign)}
    scripts = sorted([*prompts.scripts.items(), *east.items()], key=lambda pair: -len(pair[0]))
    return replace(
        prompts,
        lookup={word: sign for word, sign in lookup.items() if word != "i"},  # of English, and no article
        phrases=(*own, *_phrases(prompts, relations), *prompts.phrases),
        fluff=(prompts.fluff | _FLUFF) - {"with"},
        scripts=dict(scripts),
        slips_of=(*prompts.slips_of, *_SLIPS_OF.split()),
        never_slips=prompts.never_slips | _NEVER_SLIPS,
        shades=frozenset(["dark", "light", "bright", "deep", "pale", "vivid"]),
    )


def _phrases(prompts: Lexicon, relations: Collection[str]) -> Iterator[tuple[re.Pattern[str], str]]:
    """What is said in several words, as far as the world has it."""
    for sign, several in _PHRASES:
        is_way = sign.startswith("=way:") and "\\" not in sign
        is_nowhere = is_way and sign.removeprefix("=way:").replace("_", " ") not in relations
        if _has(prompts, sign):
            said = "|".join(several)
            yield re.compile(rf"(?<![\w~:=])(?:{said})(?![\w:])"), "~no" if is_nowhere else sign


def _has(prompts: Lexicon, said: str) -> bool:
    """Whether a world has the light that is said, if one is."""
    return all(sign not in _LIGHTS or sign in prompts.signs_known for sign in said.split())


_THING_LAST = re.compile(r"((?:[^、。，を\s]+から)?[^、。，を\s]+に)([^、。，に\s]+を)(?=変え)")
_JOINED_PRONOUN = re.compile(r"\b([^\W\d_]{2,20}?)(-?)(l[aeo]s?|l[ei])\b", re.IGNORECASE)


def with_thing_first(text: str) -> str:
    """Japanese in which what is to change stands before from what to what: 立方体を青から黄色に変えて."""
    return _THING_LAST.sub(r"\2\1", text)


@lru_cache(maxsize=8)
def _romance_verbs(lexicon: Lexicon) -> frozenset[str]:
    return frozenset(latin(word) for word, sign in lexicon.lookup.items() if sign in WITH_PRONOUNS)


def with_pronouns(text: str, lexicon: Lexicon) -> str:
    """``text`` with pronouns that are joined to their verb apart: "rends-le", "ponlo", "bórrala"."""

    def apart(word: re.Match[str]) -> str:
        is_word = not word[2] and word[0].lower() in lexicon.lookup
        several = word[3].lower() in ("les", "los", "las", "li")
        pronoun = PRONOUNS if several else PRONOUN
        is_kept = is_word or latin(word[1]) not in _romance_verbs(lexicon)
        return word[0] if is_kept else f"{word[1]} {pronoun}"

    return _JOINED_PRONOUN.sub(apart, text)
