"""What the nouns of stickers are also called, in several languages: what free wording is looked up in.

Names in other languages come from emojibase-data (assets/worlds/stickers/names.json); what it lacks, or calls
otherwise, stands here.
"""

from lumina.worlds.reading.words import each

ALSO: dict[str, str] = {  # other words for nouns, "_" for a blank
    "monkey": "ape chimp chimpanzee baboon macaque 猿",
    "dog": (
        "puppy pup pupper doggy doggie doggo hound pooch mutt canine wuff poodle corgi pug husky spaniel "
        "labrador dachshund beagle terrier bulldog chihuahua dalmatian golden_retriever german_shepherd "
        "hündchen welpe chiot cachorro 犬 小狗 狗狗 子犬 いぬ"
    ),
    "fox": "vixen きつね",
    "cat": (
        "kitty kitten kittycat pussycat pussy_cat tomcat tabby_cat feline moggy house_cat kater kätzchen "
        "chaton gatito 猫咪 小猫 ねこ 子猫"
    ),
    "lion": "lioness 獅子", "tiger": "tigress", "horse": "pony stallion mare foal horsey horsie うま",
    "cow": "cattle bull ox calf heifer moo_cow dairy_cow",
    "pig": "piglet piggy piggie hog puerco chancho 豚", "sheep": "lamb ewe ヒツジ 绵羊",
    "mouse": "maus souris ratón ねずみ 老鼠 小鼠",
    "rabbit": "bunny hare bunny_rabbit kaninchen häschen うさぎ 兔兔 小兔",
    "squirrel": "chipmunk eichhörnchen りす", "bear": "grizzly grizzly_bear bear_cub bär 小熊 熊 くま",
    "kangaroo": "roo wallaby",
    "chicken": "hen rooster cockerel chook chick hahn henne küken coq gallo pollo 小鸡 公鸡 母鸡 ニワトリ",
    "bird": "birdie birdy sparrow pigeon finch canary songbird 小鸟",
    "duck": "duckling ducky duckie mallard アヒル 小鸭", "owl": "owlet hibou",
    "flamingo": "flamant_rose 火鸟", "parrot": "macaw parakeet cockatoo budgie",
    "frog": "toad froggy froggie bullfrog tree_frog かえる", "crocodile": "alligator croc gator",
    "turtle": "tortoise terrapin 乌龟 海龟 亀", "snake": "serpent viper cobra python rattlesnake へび",
    "dragon": "竜 龍",
    "dinosaur": (
        "dino t_rex trex tyrannosaurus tyrannosaurus_rex tyrannosaur velociraptor raptor dinosaurier "
        "dinosaure dinosaurio 恐龙 恐竜"
    ),
    "whale": "blue_whale humpback humpback_whale sperm_whale くじら 鲸鱼", "dolphin": "porpoise",
    "fish": "goldfish clownfish angelfish guppy fishy fishie 鱼 小鱼 金鱼 さかな",
    "shark": "great_white great_white_shark さめ", "octopus": "squid krake poulpe オクトパス",
    "crab": "krabbe 螃蟹", "snail": "slug カタツムリ", "butterfly": "monarch_butterfly 蝶 ちょう",
    "bee": "bumblebee bumble_bee honeybee honey_bee hummel 蜂 ハチ",
    "ladybug": "ladybird lady_bird lady_beetle beetle", "spider": "tarantula arachnid 蜘蛛",
    "rose": "rosebud 薔薇 玫瑰花 ばら", "tulip": "郁金香花",
    "pine tree": (
        "pine fir spruce fir_tree conifer evergreen evergreen_tree tanne fichte tannenbaum sapin pino 松"
    ),
    "tree": "oak oak_tree maple maple_tree elm deciduous_tree baum árbol 树 大树 木 き",
    "mushroom": "toadstool fungus shroom seta hongo 毒蘑菇 きのこ",
    "potted plant": (
        "houseplant house_plant flower_pot flowerpot plant pot_plant plant_pot plant_in_a_pot pottedplant "
        "盆栽 花盆"
    ),
    "watermelon": "すいか",
    "orange": "tangerine mandarin clementine satsuma naranja apfelsine オレンジ 橙子", "lemon": "limone",
    "pineapple": "凤梨", "apple": "りんご リンゴ 林檎", "pear": "梨子", "strawberry": "イチゴ 苺",
    "kiwi": "kiwi_fruit kiwifruit", "tomato": "jitomate 番茄", "avocado": "avo avocado_pear 牛油果",
    "eggplant": "aubergine brinjal 茄子 なす", "carrot": "möhre mohrrübe 红萝卜 にんじん ニンジン",
    "loaf of bread": "bread loaf bread_loaf toast baguette 面包",
    "croissant": "crescent_roll 牛角面包 可颂", "pretzel": "brezn",
    "cheese": "cheddar cheese_wedge wedge_of_cheese 奶酪",
    "hamburger": "burger cheeseburger beefburger 汉堡包",
    "pizza": "pizza_slice slice_of_pizza pizza_pie pizze 比萨", "hot dog": "hotdog frankfurter wiener",
    "sandwich": "sarnie butty toastie sammich", "sushi": "nigiri maki",
    "donut": "doughnut dough_nut rosquilla", "cookie": "biscuit bickie chocolate_chip_cookie 曲奇",
    "cake": "birthday_cake bday_cake gateau torte kuchen pastel 蛋糕 ケーキ",
    "cupcake": "muffin fairy_cake", "lollipop": "lolly lollypop lolli chupa_chups キャンディー",
    "ice cream": (
        "icecream ice_cream_cone icecream_cone ice_cream_cornet gelato soft_serve eistüte 冰淇淋 冰激凌 "
        "アイス アイスクリーム"
    ),
    "bottle": (
        "champagne champagne_bottle bottle_of_champagne prosecco wine_bottle bottle_of_wine 瓶子 酒瓶 "
        "ボトル 瓶"
    ),
    "wine glass": "glass_of_wine glass_of_red_wine wine wineglass goblet chalice 酒杯 红酒",
    "cup": (
        "mug coffee cup_of_tea cup_of_coffee coffee_cup coffee_mug mug_of_tea mug_of_coffee teacup cuppa "
        "hot_drink hot_chocolate cup_of_cocoa espresso cappuccino tasse taza becher kaffee café 咖啡 杯子 "
        "コーヒー カップ"
    ),
    "teapot": "kettle tea_kettle teakettle やかん", "fork": "fourchette 叉子 フォーク",
    "spoon": "teaspoon tablespoon 勺子 勺",
    "knife": "kitchen_knife carving_knife messer couteau cuchillo 刀 刀子 ナイフ",
    "bowl": "bol cereal_bowl soup_bowl cuenco tazón 碗", "grapes": "grape bunch_of_grapes",
    "cherries": "cherry pair_of_cherries", "globe": "earth planet_earth world_globe erde 地球仪 地球儀",
    "house": "home cottage bungalow farmhouse 屋子", "castle": "fortress citadel chateau schloss burg",
    "train": (
        "locomotive steam_train steam_engine steam_locomotive choo_choo choo_choo_train choochoo zug tren "
        "列車 電車"
    ),
    "bus": "school_bus coach double_decker double_decker_bus minibus autobus 公共汽车 巴士",
    "fire truck": "fire_engine firetruck fire_lorry camion_de_pompiers camión_de_bomberos",
    "police car": "cop_car patrol_car squad_car police_cruiser",
    "taxi": "cab taxicab taxi_cab yellow_cab 的士",
    "car": (
        "automobile sedan motorcar hatchback sports_car race_car racecar racing_car wagen 车 車 くるま "
        "小汽车"
    ),
    "truck": "lorry van delivery_truck delivery_van box_truck hgv lkw lastwagen 卡车",
    "tractor": "farm_tractor", "motorcycle": "motorbike dirt_bike motocicleta 摩托车 バイク",
    "scooter": "moped vespa motor_scooter",
    "bicycle": "bike pushbike push_bike pedal_bike mountain_bike road_bike bmx bicyclette 单车 じてんしゃ",
    "skateboard": "longboard patineta",
    "traffic light": "stoplight stop_light traffic_signal traffic_lamp feu_rouge 信号灯 信号機",
    "stop sign": "stop_schild panneau_stop",
    "boat": (
        "sailboat sail_boat sailing_boat sailing_ship yacht dinghy catamaran rowboat rowing_boat speedboat "
        "motorboat bateau 小船"
    ),
    "ship": "cruise_ship cruise_liner ocean_liner passenger_ship steamship steamer ferry navire 轮船",
    "airplane": "plane aeroplane jet jet_plane jumbo_jet passenger_plane aircraft airliner flieger 飛行機",
    "helicopter": "chopper heli helikopter 直升飞机",
    "rocket": (
        "spaceship spacecraft space_ship space_shuttle space_rocket rocketship rocket_ship starship "
        "raumschiff"
    ),
    "ufo": "flying_saucer alien_ship alien_spaceship alien_spacecraft ovni",
    "suitcase": "luggage baggage koffer valise maleta trolley travel_case かばん",
    "clock": "alarm_clock alarm timepiece uhr horloge 时钟",
    "moon": "crescent crescent_moon half_moon new_moon 月亮", "sun": "sonne soleil sol sunshine",
    "planet": "saturn planète ringed_planet", "star": "星", "cloud": "云朵 くも",
    "umbrella": "parasol brolly schirm 雨伞 かさ", "snowflake": "snow_crystal",
    "fire": "flame flames bonfire campfire blaze inferno feu 火 炎",
    "droplet": "drop raindrop dewdrop teardrop water_drop water_droplet drop_of_water",
    "lightning bolt": (
        "lightning thunderbolt bolt bolt_of_lightning lightening_bolt flash_of_lightning blitz éclair rayo "
        "relámpago 闪电 稲妻 雷"
    ),
    "pumpkin": "jack_o_lantern jackolantern halloween_pumpkin potiron",
    "christmas tree": "xmas_tree x_mas_tree christbaum arbre_de_noël", "balloon": "globo ballon 风船",
    "gift": (
        "present wrapped_gift wrapped_present gift_box giftbox birthday_present birthday_gift "
        "christmas_present xmas_present pressie 礼盒"
    ),
    "bow": "ribbon bow_tie bowtie hair_bow moño", "trophy": "cup_trophy prize award winners_cup",
    "soccer ball": "ballon_de_foot balón 足球 サッカーボール", "basketball": "バスケットボール",
    "football": "american_football rugby_ball pigskin",
    "tennis racket": "tennis_racquet racket racquet raquette 网球拍 ラケット",
    "frisbee": "flying_disc flying_disk", "skis": "ski pair_of_skis", "kite": "凧",
    "gamepad": (
        "game_controller video_game_controller gaming_controller controller joystick joypad game_pad "
        "manette"
    ),
    "die": "dado würfel gaming_die", "teddy bear": "teddy stuffed_bear plush_bear toy_bear ours_en_peluche",
    "glasses": (
        "eyeglasses eye_glasses reading_glasses spectacles specs pair_of_glasses brille gafas lunettes "
        "anteojos"
    ),
    "sunglasses": "shades sunnies dark_glasses pair_of_sunglasses 太阳镜", "tie": "necktie cravat krawatte",
    "shirt": "t_shirt tee_shirt tshirt tee polo_shirt blouse jersey hemd chemise camisa 衬衫",
    "dress": "gown frock sundress ball_gown 裙子 ドレス",
    "handbag": "purse clutch_bag shoulder_bag pocketbook",
    "backpack": "rucksack knapsack school_bag schoolbag satchel daypack sac_à_dos 背包",
    "sneaker": (
        "trainer running_shoe gym_shoe tennis_shoe sports_shoe plimsoll shoe turnschuh schuh chaussure "
        "zapatilla zapato 运动鞋 鞋子 鞋 靴"
    ),
    "high heel": "stiletto stiletto_heel stiletto_shoe high_heeled_shoe high_heel_shoe heel",
    "crown": "tiara coronet diadem", "top hat": "hat stovepipe_hat chapeau 帽子",
    "cap": "baseball_cap snapback 棒球帽",
    "diamond": "gem gemstone jewel precious_stone diamant diamante 钻石",
    "bell": "handbell church_bell cloche 铃 ベル", "microphone": "mic 话筒",
    "headphones": "headphone headset earphones pair_of_headphones écouteurs",
    "guitar": "electric_guitar acoustic_guitar", "computer keyboard": "keyboard pc_keyboard",
    "violin": "fiddle", "drum": "snare snare_drum tambour 太鼓",
    "cell phone": (
        "phone smartphone smart_phone mobile mobile_phone cellphone cellular_phone iphone handy móvil "
        "celular portable スマホ"
    ),
    "telephone": "landline landline_phone rotary_phone dial_phone teléfono téléphone",
    "laptop": "notebook_computer laptop_computer chromebook computer pc macbook 电脑",
    "computer mouse": "pc_mouse computermouse wireless_mouse",
    "tv": "television telly televisor television_set tv_set fernsehgerät",
    "camera": "kamera photo_camera digital_camera 照相机",
    "magnifying glass": "magnifier magnifying_lens loupe 虫眼鏡", "candle": "candlelight",
    "light bulb": "lightbulb bulb lamp", "book": "novel textbook storybook paperback 书 本",
    "envelope": "letter mail lettre", "package": "parcel box carton cardboard_box 盒子",
    "pencil": "pen stift lápiz", "crayon": "wax_crayon colouring_crayon",
    "scissors": "scissor shears pair_of_scissors", "lock": "padlock vorhängeschloss",
    "key": "door_key house_key", "hammer": "mallet sledgehammer claw_hammer",
    "sword": "dagger rapier sabre saber cutlass katana broadsword schwert épée espada 剑 剣",
    "magnet": "horseshoe_magnet", "door": "doorway front_door 扉", "bed": "double_bed single_bed",
    "couch": "sofa settee loveseat love_seat chesterfield canapé",
    "chair": "seat armchair arm_chair dining_chair 椅子 いす イス",
    "toilet": "loo lavatory toilet_bowl wc klo", "broom": "broomstick escoba 扫把", "bucket": "pail 水桶",
    "vase": "amphora urn flower_vase jarrón florero 花瓶",
    "baseball bat": "cricket_bat baseballschläger batte_de_baseball bate_de_béisbol 棒球棒",
    "heart": "love_heart coeur 爱心 心形", "circle": "disc disk kreis cercle 圆圈 圆形", "square": "正方形",
}  # fmt: skip
ODD_PLURALS: dict[str, str] = {  # of other words for nouns
    "loaf": "loaves", "calf": "calves", "ox": "oxen", "cactus": "cacti", "octopus": "octopi",
    "fungus": "fungi",
}  # fmt: skip
KINDS: dict[str, str] = {  # what says nothing more after the nouns that are such: "a parrot bird"
    "bird": "owl parrot penguin flamingo duck", "bear": "koala panda", "fish": "shark whale dolphin",
    "tree": "christmas_tree", "car": "taxi police_car", "shoe": "sneaker high_heel", "hat": "cap",
    "fruit": "orange lemon banana pineapple apple pear strawberry kiwi avocado",
    "ball": "basketball football", "flower": "rose tulip sunflower", "plant": "cactus",
}  # fmt: skip
NO_NAMES = each(  # of emojibase: what these say besides the noun, or in another language
    "wasser beere laub blume perenne roja anniversaire cumpleaños geburtstag caliente heiß getränk "
    "boisson bebida tee thé halloween noël navidad pasajeros reparto polizei policía police pompier eau "
    "pluie regen neige photo computer tricolore roulettes board stop stopp schild señal tension voltaje "
    "spiel mando pelota balón korken knallen cuisine amérique américa brief col pan lit preciosa piedra "
    "pastel cera pink cuña disque disco baseball batterie tropical dents pain sobre dampf sol star boot "
    "hemd zapato ナイフ "
    "甜 糖 生日 红 红色 赤 飲み物 热带 喷水 潮吹き 墨西哥 山 欧洲 蒸汽 放大 合上 跑 高跟 停止 标志 "
    "目覚まし 公交 茶 板 水 星 剪 刷 落叶 灯 车 球 圣诞 クリスマス ハロウィン バースデー アメリカ "
    "止まれ ソフト"
)
