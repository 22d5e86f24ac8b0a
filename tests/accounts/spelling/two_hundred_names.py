"""Two hundred made-up names in thirty languages: how each is found, sorted and proposed.

By country, in the order in which that looks for them: the name, how somebody else types it, and
the user name that is proposed.
"""

from dataclasses import dataclass

_NAMES = {
    "SE": """
Alva Lindqvist|alva lindqvist|alva.lindqvist
Göran Sjöberg|goran sjoberg|goran.sjoberg
Yngve Håkansson|yngve hakansson|yngve.hakansson
Zackarias Ek|ZACKARIAS|zackarias.ek
Åke Ärlebrant|ake arlebrant|ake.arlebrant
Åsa-Britt Öman|asabritt oman|asa-britt.oman
Örjan Ask|Orjan|orjan.ask""",
    "DK": """
Anne-Mette Sørensen|anne mette sorensen|anne-mette.soerensen
Søren Kjær|soren kjaer|soeren.kjaer
Zenia Holm|zenia|zenia.holm
Ægir Dam|AEGIR|aegir.dam
Øjvind Toft|ojvind|oejvind.toft
Åge Bæk|age baek|aage.baek
Åse Ørsted|ase orsted|aase.oersted""",
    "NO": """
Bjørg Aasen|bjorg aasen|bjoerg.aasen
Håkon Ødegård|hakon odegard|haakon.oedegaard
Tor Vågå|tor vaga|tor.vaagaa
Ylva Strøm|ylva strom|ylva.stroem
Øystein Berg|oystein|oeystein.berg
Åshild Nes|ashild|aashild.nes""",
    "FI": """
Aino Mäkelä|aino makela|aino.makela
Ville Åström|ville astrom|ville.astrom
Väinö Yli-Öljymäki|vaino yliöljymäki|vaino.yli-oljymaki
Äijö Salo|aijo|aijo.salo
Önni Koski|onni|onni.koski""",
    "IS": """
Anna Þórsdóttir|anna thorsdottir|anna.thorsdottir
Árni Guðjónsson|arni gudjonsson|arni.gudjonsson
Davíð Ægisson|david aegisson|david.aegisson
Éva Björk|eva bjork|eva.bjork
Úlfur Ólafsson|ulfur olafsson|ulfur.olafsson
Þór Hallgrímsson|thor|thor.hallgrimsson
Örn Ýmisson|orn ymisson|orn.ymisson""",
    "DE": """
Anna Müller|muller|anna.mueller
Björn Weiß|BJORN WEISS|bjoern.weiss
Jürgen Groß-Gerau|jurgen grossgerau|juergen.gross-gerau
Käthe Strauß|KÄTHE STRAUSS|kaethe.strauss
Özlem Yıldız|ozlem yildiz|oezlem.yildiz
Peter von der Öl|von der ol|peter.vonderoel
Zoë Lößnitz|zoe lossnitz|zoe.loessnitz""",
    "AT": """
Änne Höß|anne hoss|aenne.hoess
Hans-Jörg Übel|hansjorg ubel|hans-joerg.uebel
Sepp Größinger|grossinger|sepp.groessinger""",
    "CH": """
Beat Rüegg|ruegg|beat.rueegg
François Zürcher|francois zurcher|francois.zuercher
Reto Bänziger|banziger|reto.baenziger""",
    "FR": """
Aïcha Benoît|aicha benoit|aicha.benoit
Côme Lefèvre|come lefevre|come.lefevre
Élodie d’Amboise|elodie d'amboise|elodie.damboise
Françoise L'Hôte|francoise lhote|francoise.lhote
Noël Gœthals|noel goethals|noel.goethals
Œdipe Çelik|oedipe celik|oedipe.celik
Zéphyrin Ÿssel|zephyrin yssel|zephyrin.yssel""",
    "ES": """
Ángel Ibáñez|angel ibanez|angel.ibanez
Begoña Núñez|begona nunez|begona.nunez
Iñaki Peña|inaki pena|inaki.pena
José Mª Güell|jose ma guell|jose.maguell
Nuria Col·lell|collell|nuria.collell
Ñusta Quispe|nusta|nusta.quispe
Óscar Muñoz|oscar munoz|oscar.munoz""",
    "PT": """
Ângela Conceição|angela conceicao|angela.conceicao
Inês Simões|ines simoes|ines.simoes
João Magalhães|joao magalhaes|joao.magalhaes
Zélia Brandão|zelia brandao|zelia.brandao""",
    "IE": """
Aoife O'Brien|aoife obrien|aoife.obrien
Pat O’Neill|pat o'neill|pat.oneill
Siobhán Ní Dhomhnaill|siobhan ni|siobhan.nidhomhnaill
Tomás D´Arcy|tomas darcy|tomas.darcy""",
    "PL": """
Agnieszka Żuk|agnieszka zuk|agnieszka.zuk
Bożena Wójcik|bozena wojcik|bozena.wojcik
Grażyna Śliwińska|grazyna sliwinska|grazyna.sliwinska
Łucja Gołąb|lucja golab|lucja.golab
Łukasz Żółć|lukasz zolc|lukasz.zolc
Świętosława Ćwik|swietoslawa cwik|swietoslawa.cwik
Zdzisław Kość|zdzislaw kosc|zdzislaw.kosc
Żaneta Źrebiec|zaneta zrebiec|zaneta.zrebiec""",
    "CZ": """
Cyril Dvořák|cyril dvorak|cyril.dvorak
Čeněk Říha|cenek riha|cenek.riha
Hynek Šťastný|hynek stastny|hynek.stastny
Chrudoš Ďurek|chrudos durek|chrudos.durek
Ivo Žižka|ivo zizka|ivo.zizka
Řehoř Tůma|rehor tuma|rehor.tuma
Štěpánka Nováčková|stepanka novackova|stepanka.novackova
Žofie Ptáčková|zofie ptackova|zofie.ptackova""",
    "SK": """
Ľubica Hŕstková|lubica hrstkova|lubica.hrstkova
Ľudovít Ťažký|ludovit tazky|ludovit.tazky
Mária Kôstková|maria kostkova|maria.kostkova
Šimon Čech|simon cech|simon.cech""",
    "HU": """
Andrea Szőke|andrea szoke|andrea.szoke
Csilla Fekete|csilla|csilla.fekete
György Tűzkő|gyorgy tuzko|gyorgy.tuzko
Ödön Füzesi|odon fuzesi|odon.fuzesi
Zita Őri|zita ori|zita.ori
Zsófia Nyúl|zsofia nyul|zsofia.nyul""",
    "RO": """
Adina Țurcanu|adina turcanu|adina.turcanu
Ștefan Dumitrașcu|stefan dumitrascu|stefan.dumitrascu
Tudor Brâncuși|tudor brancusi|tudor.brancusi
Țuțu Mănăstireanu|tutu manastireanu|tutu.manastireanu""",
    "HR": """
Cvita Đurić|cvita duric|cvita.duric
Čedomir Žic|cedomir zic|cedomir.zic
Darko Ćosić|darko cosic|darko.cosic
Đurđica Šimić|durdica simic|durdica.simic
Ljerka Njegić|ljerka njegic|ljerka.njegic
Želimir Džaja|zelimir dzaja|zelimir.dzaja""",
    "LT": """
Agnė Žukauskaitė|agne zukauskaite|agne.zukauskaite
Jūratė Šulcė|jurate sulce|jurate.sulce
Ūla Čepaitė|ula cepaite|ula.cepaite""",
    "LV": """
Ēriks Ķirsis|eriks kirsis|eriks.kirsis
Ģirts Ļaudis|girts laudis|girts.laudis
Jānis Šņore|janis snore|janis.snore""",
    "EE": """
Sirje Žukova|sirje zukova|sirje.zukova
Šarlota Õun|sarlota oun|sarlota.oun
Tõnu Ülper|tonu ulper|tonu.ulper
Õnne Pärn|onne parn|onne.parn
Ülle Jõe|ulle joe|ulle.joe""",
    "TR": """
Çağla Gökçe|cagla gokce|cagla.gokce
Gül Işık|gul isik|gul.isik
Irmak Doğan|irmak dogan|irmak.dogan
İpek Yağcı|ipek yagci|ipek.yagci
Ömer Faruk Şen|omer faruk sen|omer.faruksen
Şule Ünal|sule unal|sule.unal
Ümit Öztürk|umit ozturk|umit.ozturk""",
    "AZ": """
Çingiz Vəliyev|cingiz veliyev|cingiz.veliyev
Əli Qurbanov|eli qurbanov|eli.qurbanov
Gülşən Xəlilova|gulsen xelilova|gulsen.xelilova""",
    "VN": """
An Nguyễn|an nguyen|an.nguyen
Ân Trần|an tran|an.tran
Dũng Phạm|dung pham|dung.pham
Đặng Thị Hường|dang thi huong|dang.thihuong
Đức Lê|duc le|duc.le
Ước Ngô|uoc ngo|uoc.ngo""",
    "MT": """
Ċensu Ħal|censu hal|censu.hal
Ġorġ Żahra|gorg zahra|gorg.zahra
Ħamet Għaxaq|hamet ghaxaq|hamet.ghaxaq""",
    "AL": """
Çlirim Gjoka|clirim gjoka|clirim.gjoka
Dritan Shehu|dritan|dritan.shehu
Dhimitër Xhaferi|dhimiter xhaferi|dhimiter.xhaferi
Ëngjëll Zhupa|engjell zhupa|engjell.zhupa""",
    "RU": """
Алёна Ершова|алена ершова|alena.ershova
Андрей Йорин|андреи иорин|andrei.iorin
Ёлка Жукова|елка жукова|elka.zhukova
Илья Щукин|ИЛЬЯ ЩУКИН|ilia.shchukin
Йосиф Цой|иосиф цой|iosif.tsoi
Юлия Объедкова|юлия объедкова|iuliia.obieedkova
Яна Чехова|яна чехова|iana.chekhova""",
    "UA": """
Ганна Лук’яненко|ганна лукяненко|hanna.lukianenko
Ґалаґан Іщенко|галаган іщенко|galagan.ishchenko
Єва Згурська|єва згурська|yeva.zghurska
Ігор Їжак|ігор їжак|ihor.yizhak
Її Йовенко|її йовенко|yii.yovenko
Юлія Щербак|юлія щербак|yuliia.shcherbak
Ярослав Гнатюк|ярослав гнатюк|yaroslav.hnatiuk""",
    "BG": """
Ангел Щерев|ангел щерев|angel.shterev
Жоро Хаджиев|жоро хаджиев|zhoro.hadzhiev
Йордан Ъглов|йордан ъглов|yordan.aglov
Цветана Юнакова|цветана юнакова|tsvetana.yunakova""",
    "RS": """
Đorđe Čolić|dorde colic|djordje.colic
Ђорђе Живковић|ђорђе живковић|djordje.zivkovic
Љиљана Његош|љиљана његош|ljiljana.njegos
Ћира Џајић|ћира џајић|cira.dzajic""",
    "GR": """
Άγγελος Ξυδάκης|αγγελος ξυδακης|angelos.xydakis
Ευθύμιος Ψαρράς|ευθυμιος ψαρρας|efthymios.psarras
Θεόδωρος Παπαδόπουλος|ΘΕΟΔΩΡΟΣ ΠΑΠΑΔΟΠΟΥΛΟΣ|theodoros.papadopoulos
Σταύρος Μπακογιάννης|σταυροσ μπακογιαννησ|stavros.bakogiannis
Χρήστος Ουζούνης|χρηστος ουζουνης|christos.ouzounis
Ώρα Αϊβαλιώτη|ωρα αιβαλιωτη|ora.aivalioti""",
    "GE": """
ანა ბერიძე|ანა ბერიძე|ana.beridze
გიორგი მაისურაძე|გიორგი|giorgi.maisuradze
ჟუჟუნა ღვინიაშვილი|ღვინიაშვილი|zhuzhuna.ghviniashvili""",
    "SA": """
أحمد المطيري|احمد المطيري|
آمنة الزهراني|امنه الزهراني|
خالد العتيبي|خالد العتیبی|
عَليّ القحطاني|علي القحطاني|
كريم الشمري|کریم الشمری|
هُدى الغامدي|هدي الغامدي|""",
    "IR": """
پرویز کیانی|پرويز كياني|
چنگیز گلی|چنگيز گلي|
علی‌اکبر یزدی|علياكبر يزدي|
مریم نیک\u200cپور|مريم نیکپور|
یاسمن هاشمی|ياسمن هاشمي|""",
    "IL": """
אֲבִי כֹּהֵן|אבי כהן|
ז׳קלין לוי|ז'קלין לוי|
שרה מזרחי|שרה|""",
    "IN": """
अनिल शर्मा|अनिल|
प्रिया सिंह|प्रिया|
राजेश कुमार|राजेश|""",
    "TH": """
กมล แสงทอง|แสงทอง|
แก้ว ใจดี|แก้ว|
ขวัญ ศรีสุข|ขวัญ|""",
    "CN": """
陈 伟|陈 伟|
李 娜|李　娜|
王 芳|王，芳|
赵 敏|赵 敏|""",
    "JP": """
ガトウ ケンジ|ｶﾞﾄｳ ｹﾝｼﾞ|
さとう はなこ|さとう|
ワタナベ ジュン|ﾜﾀﾅﾍﾞ|
佐藤 太郎|佐藤・太郎|
鈴木 一郎|鈴木　一郎|""",
    "KR": """
강 서연|강 서연|
김 민준|김\u200b 민준|
박 지훈|박 지훈|""",
    "US": """
Anne-Marie Smith-Jones|annemarie smithjones|anne-marie.smith-jones
D'Angelo Brown|dangelo brown|dangelo.brown
José Hernández|Hernandez, Jose|jose.hernandez
Kaʻiulani Kealoha|kaiulani|kaiulani.kealoha
Ｍａｒｙ Ｌｅｅ|mary lee|mary.lee
Mary–Ann O‘Hara|mary-ann ohara|mary-ann.ohara
Zoe\u0308 Fiancée|zoë fiancee|zoe.fiancee""",
    "NG": """
Ɗan Ƙasa|dan kasa|dan.kasa
Ọlá Ṣóyínká|ola soyinka|ola.soyinka""",
}


@dataclass(frozen=True, slots=True)
class MadeUp:
    country: str
    first: str
    last: str
    typed: str
    proposed: str

    @property
    def whole(self) -> str:
        return f"{self.first} {self.last}"


def _made_up(country: str, line: str) -> MadeUp:
    whole, typed, proposed = line.split("|")
    first, _space, last = whole.partition(" ")
    return MadeUp(country, first, last, typed, proposed)


MADE_UP = [
    _made_up(country, line)
    for country, lines in _NAMES.items()
    for line in lines.strip().splitlines()
]
