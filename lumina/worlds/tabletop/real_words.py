"""Words that look like slips of those of tabletop, and are words of their own."""

_WORDS = (  # of several languages: "people" does not mean purple
    "aufgrund back bale bed bedside begin begins behold bell bend bide bight bind black blank blind "
    "blinds bloc blow blown blume blur bone boue bowl bread breen bride brides bull cap car care carte "
    "cat chan cine class clubes code codes coje colon come comes concert cond conde cons conte core corn "
    "corns cuan cubre cubs cup cuve delight dones flour flower flur fones font fout fronts frost fur "
    "gary gesund glass grass great greek greg grind group groupe groups grown gründen jatte karge label "
    "lage last least lost mamy man mang manu marte mathe meal medal mental meta mette might mirror mitte "
    "natte navi orage orale organe pari parle parole people perle peuple phone pin pini pino punk pure "
    "purely purpose purse pursue puzzle ready rede reflection reflections reid rend rid rights rod rogue "
    "sapere scheme schemes schwere scone sedere sense senses severe shadow shame share shares sheer "
    "shite shore sichere smell sonst sow spare spear spera spero spiele spätere stable stall stone "
    "stones sujet surprise tale tela thee threw tiro tower tree trees wall weite while word world write"
)
REAL_WORDS = frozenset(_WORDS.split())
