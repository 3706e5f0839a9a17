//! The tables that names are put together from.
//!
//! In account names, family names take at most 9 letters and given names at most 8, which leaves
//! room for the underscore and a number of two digits within the limit of 20.

/// Japanese family names, romanised and in kanji.
#[rustfmt::skip] // A line for each name would hide the file's shape.
pub(super) const JAPANESE_FAMILY: &[(&str, &str)] = &[
    ("sato", "佐藤"), ("suzuki", "鈴木"), ("takahashi", "高橋"), ("tanaka", "田中"),
    ("ito", "伊藤"), ("watanabe", "渡辺"), ("yamamoto", "山本"), ("nakamura", "中村"),
    ("kobayashi", "小林"), ("kato", "加藤"), ("yoshida", "吉田"), ("yamada", "山田"),
    ("sasaki", "佐々木"), ("yamaguchi", "山口"), ("matsumoto", "松本"), ("inoue", "井上"),
    ("kimura", "木村"), ("hayashi", "林"), ("shimizu", "清水"), ("saito", "斎藤"),
    ("yamazaki", "山崎"), ("mori", "森"), ("ikeda", "池田"), ("hashimoto", "橋本"),
    ("abe", "阿部"), ("ishikawa", "石川"), ("yamashita", "山下"), ("nakajima", "中島"),
    ("ishii", "石井"), ("ogawa", "小川"), ("maeda", "前田"), ("okada", "岡田"),
    ("hasegawa", "長谷川"), ("fujita", "藤田"), ("goto", "後藤"), ("kondo", "近藤"),
    ("murakami", "村上"), ("endo", "遠藤"), ("aoki", "青木"), ("sakamoto", "坂本"),
    ("fukuda", "福田"), ("ota", "太田"), ("nishimura", "西村"), ("fujii", "藤井"),
    ("kaneko", "金子"), ("okamoto", "岡本"), ("fujiwara", "藤原"), ("nakano", "中野"),
    ("miura", "三浦"), ("harada", "原田"), ("matsuda", "松田"), ("takeuchi", "竹内"),
    ("ono", "小野"), ("tamura", "田村"), ("nakagawa", "中川"), ("wada", "和田"),
    ("nakayama", "中山"), ("ishida", "石田"), ("ueda", "上田"), ("morita", "森田"),
    ("kojima", "小島"), ("shibata", "柴田"), ("hara", "原"), ("sakai", "酒井"),
    ("kudo", "工藤"), ("yokoyama", "横山"), ("miyazaki", "宮崎"), ("miyamoto", "宮本"),
    ("uchida", "内田"), ("takagi", "高木"), ("ando", "安藤"), ("taniguchi", "谷口"),
    ("ohno", "大野"), ("maruyama", "丸山"), ("imai", "今井"), ("takada", "高田"),
    ("kono", "河野"), ("fujimoto", "藤本"), ("murata", "村田"), ("takeda", "武田"),
    ("ueno", "上野"), ("sugiyama", "杉山"), ("masuda", "増田"), ("hirano", "平野"),
    ("otsuka", "大塚"), ("sugawara", "菅原"), ("kubo", "久保"), ("matsui", "松井"),
    ("chiba", "千葉"), ("iwasaki", "岩崎"), ("sakurai", "桜井"), ("kinoshita", "木下"),
    ("noguchi", "野口"), ("matsuo", "松尾"), ("kikuchi", "菊地"), ("nomura", "野村"),
    ("arai", "新井"), ("kawano", "川野"), ("tsuchiya", "土屋"),
];

/// Japanese given names, romanised and as written.
#[rustfmt::skip] // A line for each name would hide the file's shape.
pub(super) const JAPANESE_GIVEN: &[(&str, &str)] = &[
    ("haruka", "はるか"), ("yui", "結衣"), ("aoi", "葵"), ("sakura", "さくら"),
    ("hina", "陽菜"), ("rin", "凛"), ("mei", "芽依"), ("yuna", "結菜"), ("misaki", "美咲"),
    ("nanami", "七海"), ("ayaka", "彩花"), ("miyu", "美優"), ("honoka", "ほのか"),
    ("kaho", "果歩"), ("mao", "真央"), ("risa", "理沙"), ("chihiro", "千尋"),
    ("naoko", "直子"), ("yoko", "陽子"), ("keiko", "恵子"), ("akiko", "明子"),
    ("tomoko", "智子"), ("yumi", "由美"), ("emi", "恵美"), ("mai", "舞"), ("kana", "加奈"),
    ("saki", "沙希"), ("mika", "美香"), ("kaori", "香織"), ("megumi", "めぐみ"),
    ("asuka", "明日香"), ("shiori", "栞"), ("kotone", "琴音"), ("mio", "澪"),
    ("nozomi", "望"), ("hikari", "ひかり"), ("satsuki", "皐月"), ("chika", "千佳"),
    ("eri", "絵里"), ("maki", "真紀"), ("natsumi", "夏美"), ("fuyumi", "冬美"),
    ("izumi", "泉"), ("hotaru", "蛍"), ("wakana", "若菜"), ("kasumi", "霞"),
    ("midori", "緑"), ("haruto", "陽翔"), ("ren", "蓮"), ("yuto", "悠斗"),
    ("sota", "颯太"), ("minato", "湊"), ("hiroto", "大翔"), ("riku", "陸"),
    ("kaito", "海斗"), ("takumi", "匠"), ("shota", "翔太"), ("daiki", "大輝"),
    ("kenta", "健太"), ("ryota", "亮太"), ("yusuke", "祐介"), ("daisuke", "大輔"),
    ("takuya", "拓也"), ("naoki", "直樹"), ("kazuya", "和也"), ("tatsuya", "達也"),
    ("hiroshi", "浩"), ("takashi", "隆"), ("kenji", "健二"), ("akira", "明"),
    ("makoto", "誠"), ("minoru", "実"), ("satoshi", "聡"), ("osamu", "修"),
    ("tetsuya", "哲也"), ("shinji", "真司"), ("koji", "浩二"), ("jun", "潤"),
    ("ryo", "涼"), ("sho", "翔"), ("kei", "圭"), ("yuki", "雪"), ("nao", "直"),
    ("tsubasa", "翼"), ("hayato", "隼人"), ("itsuki", "樹"), ("asahi", "旭"),
    ("tomoya", "智也"), ("ippei", "一平"), ("genki", "元気"), ("shun", "俊"),
    ("toru", "徹"), ("noboru", "昇"), ("mamoru", "守"), ("susumu", "進"),
    ("wataru", "渉"),
];

/// Given names in Latin letters.
#[rustfmt::skip] // A line for each name would hide the file's shape.
pub(super) const LATIN_GIVEN: &[&str] = &[
    "Emma", "Noah", "Mia", "Liam", "Olivia", "Lucas", "Sofia", "Elias", "Hannah", "Felix",
    "Clara", "Oscar", "Nora", "Hugo", "Alice", "Jonas", "Lena", "Theo", "Marie", "Paul",
    "Julia", "Anton", "Ida", "Emil", "Freya", "Axel", "Greta", "Leo", "Elsa", "Finn", "Laura",
    "Max", "Anna", "Tom", "Sara", "Ben", "Eva", "Adam", "Ella", "Simon", "Ruth", "David",
    "Lucy", "Peter", "Grace", "Henry", "Rose", "Walter", "Ivy", "Arthur", "Martha", "Edgar",
    "Iris", "Otto", "Agnes", "Ralph", "Vera", "Karl", "Tilda", "Bruno", "Nina", "Carlos",
    "Lucia", "Diego", "Elena", "Pablo", "Marta", "Luis", "Carmen", "Jorge", "Ines", "Rafael",
    "Beatriz", "Marco", "Giulia", "Luca", "Chiara", "Matteo", "Paola", "Dario", "Zofia",
    "Jakub", "Hana", "Tomas", "Petra", "Milan", "Ivana", "Goran", "Aino", "Eero", "Kaisa",
    "Niko", "Sanna", "Ville", "Amara", "Kofi", "Zainab",
];

/// Family names in Latin letters.
#[rustfmt::skip] // A line for each name would hide the file's shape.
pub(super) const LATIN_FAMILY: &[&str] = &[
    "Fischer", "Weber", "Meyer", "Wagner", "Becker", "Schulz", "Hoffmann", "Koch", "Bauer",
    "Richter", "Klein", "Wolf", "Neumann", "Schwarz", "Zimmer", "Braun", "Hofmann", "Lange",
    "Krause", "Lehmann", "Smith", "Jones", "Taylor", "Brown", "Wilson", "Evans", "Walker",
    "Hughes", "Green", "Wood", "Harris", "Clarke", "Turner", "Cooper", "Ward", "Carter",
    "Baker", "Mason", "Potter", "Fletcher", "Garcia", "Lopez", "Moreno", "Ruiz", "Navarro",
    "Torres", "Ortega", "Castro", "Vega", "Silva", "Santos", "Costa", "Pereira", "Almeida",
    "Rossi", "Ferrari", "Bianchi", "Romano", "Greco", "Conti", "Martin", "Bernard", "Dubois",
    "Laurent", "Moreau", "Girard", "Fontaine", "Mercier", "Nielsen", "Hansen", "Larsen", "Berg",
    "Lund", "Holm", "Dahl", "Strand", "Nyman", "Virtanen", "Korhonen", "Laine", "Novak",
    "Dvorak", "Kovac", "Horvat", "Nowak", "Kowalski", "Popov", "Ivanov", "Okafor", "Mensah",
    "Diallo", "Osei", "Chen", "Park", "Nguyen",
];
