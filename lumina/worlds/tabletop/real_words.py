"""Words that look like slips of those of tabletop, and are words of their own."""

_WORDS = (  # of several languages: "people" does not mean purple
    "aufgrund back bale bed bedside begin begins behold bell bend bide bind black blank blind blinds bloc "
    "blow blown blume bone bowl bread bride brides bull cap car care carte cat class clubes code codes "
    "colon come comes concert conde conte core corn corns cubre cubs cup delight flour flower font fronts "
    "frost fur gary gesund glass grass great greek grind group groupe groups grown gründen label lage "
    "last least lost man marte mathe meal medal mental meta mette mirror mitte navi orage orale organe "
    "pari parle parole people perle peuple phone pin pure purely purpose purse pursue puzzle ready rede "
    "reflection reflections reid rend rid rights rod rogue sapere scheme schemes schwere scone sedere "
    "sense senses severe shadow shame share shares sheer shore sichere smell sonst sow spare spear spera "
    "spero spiele spätere stable stall stone stones sujet surprise tale tela thee threw tiro tower tree "
    "trees wall weite while word world write"
)
REAL_WORDS = frozenset(_WORDS.split())
