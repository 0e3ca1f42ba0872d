"""Words often used in languages that are not read: by them a text is told, and they are no slips."""

from lumina.worlds.reading.words import each

ONLY_OF_OTHERS = each(  # Slavic, Hungarian, Scandinavian, Finnish, Turkish, Romanian, Malay, Baltic …
    "czerwony czerwona czerwone niebieski niebieska niebieskie zielony zielona zielone żółty żółta żółte "
    "czarny czarna biały biała różowy fioletowy sześcian kula stożek walec obok oraz przy červený "
    "červená červené modrý modrá modré modra zelený zelená zelené žlutý žlutá žluté černý černá bílý "
    "bílá kočka krychle kostka koule kužel válec vedle vedla crven crvena crveni crveno plav plava plavi "
    "plavo zelen zelena žuta crna mačka kocka kugla pored rdeča piros kék zöld sárga fekete fehér macska "
    "kutya gömb kúp henger egy mellett fölött alatt röd rött röda blå blått blåa grön grönt gröna gult "
    "svart katt kub klot ett bredvid vänster rød rødt røde grønn grøn grønt kube terning punainen "
    "sininen vihreä keltainen musta valkoinen kissa koira kuutio pallo kartio lieriö vieressä päällä "
    "kırmızı yeşil sarı siyah beyaz kedi köpek küp küre silindir yanında üzerinde roșu roșie rosu "
    "albastru albastră albastra galben galbenă pisică pisica câine și lângă langa merah biru hijau "
    "kuning hitam putih kucing anjing sebelah sebuah asul berde dilaw pusa một màu đỏ xanh vàng mèo chó "
    "bên cạnh punane sinine roheline kollane sarkana sarkans zils zaļa raudonas raudona mėlynas mėlyna "
    "žalia nyekundu kijani"
)
OF_OTHERS = ONLY_OF_OTHERS | each(  # and those that may be met elsewhere, as names for one
    "kot kota pies psa dom kuli pod nad jest pes és en på gul gula och höger ved og ja mavi bir ve este "
    "kubus dan di atas pula aso ang mga và siden"
)
