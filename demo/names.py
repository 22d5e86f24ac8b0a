"""Names of users as they are written at home, with the Latin form that a user name needs."""

from dataclasses import dataclass
from functools import cache
from random import Random

from accounts.names import suggest_local_part


@dataclass(frozen=True, slots=True)
class Name:
    native: str
    latin: str


@dataclass(frozen=True)
class Language:
    """The names of one language, with spaces between; `native=latin` where the alphabet differs."""

    given: str
    family: str
    family_first: bool = False
    joiner: str = " "

    def draw(self, random: Random) -> tuple[Name, Name]:
        return random.choice(_names(self.given)), random.choice(_names(self.family))

    def display(self, given: Name, family: Name) -> str:
        parts = (family, given) if self.family_first else (given, family)
        return self.joiner.join(part.native for part in parts)


@cache
def _names(words: str) -> tuple[Name, ...]:
    pairs = (word.replace("_", " ").partition("=") for word in words.split())
    return tuple(
        Name(native, latin or suggest_local_part(native, "")) for native, _sign, latin in pairs
    )


LANGUAGES = {
    "en": Language(
        "Abigail Adam Alfie Alice Amelia Amy Andrew Anthony Benjamin Bethany Brandon Caitlin "
        "Callum Cameron Caroline Charlotte Chloe Christopher Daniel Deborah Dylan Edward "
        "Eleanor Emily Ethan Fiona Freya George Georgia Grace Graham Hannah Harriet Heather "
        "Imogen Isaac Jack Jacob Jasmine Jennifer Joshua Katie Kieran Laura Liam Logan Lucy "
        "Matthew Megan Michael Molly Nathan Nicholas Nicole Oliver Owen Patricia Paul Rachel "
        "Rebecca Rhys Robert Rosie Ryan Samantha Scott Sean Sophie Steven Thomas Tyler Victoria "
        "William Zoe",
        "Abbott Adams Allen Anderson Armstrong Atkinson Bailey Baker Barnes Bennett Booth "
        "Brooks Burton Campbell Carter Chapman Clark Coleman Cooper Curtis Davies Dawson Dixon "
        "Doyle Edwards Ellis Evans Fletcher Foster Fraser Gallagher Gibson Graham Grant "
        "Griffiths Hamilton Harper Hayes Holmes Hughes Hunt Jackson Jenkins Kelly Kennedy "
        "Lawson Lewis Marshall Mason McDonald Mitchell Morgan Murphy Nelson Norris O'Brien "
        "O'Connor Parker Palmer Pearce Phillips Powell Price Quinn Reid Reynolds Richards "
        "Robertson Saunders Shaw Simpson Spencer Stevens Sutton Turner Walsh Watson Webb "
        "Wheeler Woods Wright Young",
    ),
    "de": Language(
        "Anke Annika Bastian Birgit Björn Carla Dieter Dominik Elke Emil Felix Franziska "
        "Friedrich Greta Günther Hannelore Heike Ingrid Jana Jonas Jörg Jürgen Karin Käthe "
        "Klaus Lena Lukas Maja Matthias Moritz Nele Niklas Renate Rüdiger Sabine Silke Sören "
        "Stefan Theresa Ulrike Uwe Vera Volker Werner",
        "Bauer Becker Böhm Brandt Braun Busch Dietrich Engel Fischer Frank Fuchs Großmann "
        "Günther Hahn Hartmann Herrmann Hofmann Huber Jäger Kaiser Keller Koch König Krämer "
        "Krüger Kühn Lang Lehmann Lorenz Maier Möller Neumann Peters Pohl Richter Roth Sauer "
        "Schäfer Scholz Schröder Schulze Schwarz Seidel Simon Stein Thomas Vogel Vogt Wagner "
        "Weiß Winkler Wolf",
    ),
    "fr": Language(
        "Adèle Agnès Aurélie Baptiste Benoît Camille Céline Chloé Clément Corentin Élodie Émile "
        "Fabien Gaëlle Geneviève Hélène Hugo Inès Jérôme Joël Léa Loïc Lucie Mathieu Maëlle "
        "Noémie Océane Pascal Raphaël Rémi Solène Théo Thérèse Valérie Yannick Zoé",
        "Arnaud Aubert Bernard Bertrand Blanchard Bonnet Boyer Brunet Caron Chevalier Clément "
        "Colin Dufour Dumas Dupuis Fabre Faure Fournier Garnier Gauthier Girard Guérin Henry "
        "Lacroix Lambert Lefèvre Lemaire Leroux Marchand Mercier Meunier Morel Noël Perrin "
        "Picard Renaud Rousseau Roussel Vidal Vincent",
    ),
    "es": Language(
        "Adrián Álvaro Ana Andrés Beatriz Begoña Carmen César Cristóbal Diego Elena Esteban "
        "Fernanda Gonzalo Inés Íñigo Isabel Javier José Lucía Marta Martín Mónica Natalia "
        "Nicolás Nuria Óscar Pilar Ramón Raúl Rocío Rubén Sofía Tomás Verónica Ximena",
        "Aguilar Álvarez Benítez Cabrera Calvo Castillo Delgado Díaz Domínguez Echeverría "
        "Esteban Fernández Gallego Garrido Giménez Herrera Ibáñez Jiménez Lozano Marín Medina "
        "Molina Montero Muñoz Navarro Núñez Ortega Peña Prieto Ramos Rivas Rojas Santana "
        "Serrano Suárez Vázquez Vega Zúñiga",
    ),
    "pt": Language(
        "Afonso Antônio Beatriz Bruno Caio Camila Cecília Davi Débora Eduarda Érica Fábio "
        "Flávia Gabriel Heitor Inês Joana João Júlia Lívia Lúcia Luís Marcelo Mateus Murilo "
        "Natália Otávio Patrícia Rafaela Renata Rodrigo Sílvia Simão Tiago Vitória",
        "Almeida Araújo Azevedo Barbosa Barros Batista Borges Brandão Cardoso Carvalho Castro "
        "Coelho Conceição Correia Duarte Esteves Farias Figueiredo Fonseca Freitas Guimarães "
        "Leitão Lima Lopes Magalhães Moraes Moura Nogueira Pacheco Pinto Queirós Ribeiro Rocha "
        "Simões Teixeira Vasconcelos",
    ),
    "it": Language(
        "Alessia Andrea Beatrice Carlo Chiara Cosimo Davide Elisa Enrico Federica Fabio "
        "Francesca Giacomo Ginevra Giorgio Ilaria Lorenzo Luca Ludovica Marta Matteo Niccolò "
        "Nicolò Paola Pietro Riccardo Serena Silvia Simone Tommaso Valentina",
        "Amato Barbieri Basile Bellini Bianco Caputo Caruso Colombo Conti Costa D'Angelo "
        "De_Luca Esposito Fabbri Ferrara Fontana Galli Gatti Giordano Greco Grassi Leone "
        "Lombardi Mancini Marini Martini Monti Orlando Parisi Pellegrini Rinaldi Rizzo Sala "
        "Santoro Serra Testa Villa Vitale",
    ),
    "nl": Language(
        "Anouk Bram Daan Eline Femke Fleur Floris Gijs Hanneke Ilse Jasper Jeroen Joost Koen "
        "Lieke Lotte Maartje Marieke Niels Pieter Ruben Sanne Sjoerd Stijn Tessa Thijs "
        "Willemijn Wouter",
        "Bakker Bos Brouwer De_Boer De_Groot De_Vries Dekker Dijkstra Hendriks Hoekstra Jacobs "
        "Jansen Kok Kuipers Meijer Mulder Peters Postma Prins Schouten Smit Van_Dijk "
        "Van_den_Berg Van_Leeuwen Veenstra Verhoeven Visser Vos Willems",
    ),
    "sv": Language(
        "Agneta Anders Åke Åsa Birgitta Björn Ebba Elin Emelie Fredrik Göran Gunilla Gustav "
        "Håkan Ingela Jörgen Kajsa Kerstin Lars Linnéa Magnus Malin Måns Nils Örjan Pär Sigrid "
        "Sofie Tove Ulf Viktor",
        "Åberg Åström Bergström Björk Blomqvist Dahl Ekström Engström Forsberg Fransson Hedlund "
        "Holmgren Isaksson Jönsson Lindgren Lindqvist Löfgren Lundin Nordin Nyström Öberg "
        "Pettersson Sandberg Sjögren Söderberg Ström Sundqvist Wallin Westerberg",
    ),
    "et": Language(
        "Aivar Andrus Anu Ene Hille Indrek Jaan Jüri Kadri Katrin Külli Maarika Märt Piret Rein "
        "Siim Tiina Tõnu Urmas Ülle",
        "Ilves Jõgi Kask Kivi Kuusk Lepik Mägi Mets Oja Õunapuu Pärn Põder Raudsepp Rebane Saar "
        "Sepp Tamm Toome Vaher Värk",
    ),
    "pl": Language(
        "Agnieszka Andrzej Bartłomiej Beata Bogusław Dariusz Dorota Elżbieta Ewa Grażyna "
        "Grzegorz Halina Iwona Jarosław Joanna Justyna Kinga Łukasz Maciej Małgorzata Mateusz "
        "Paweł Piotr Przemysław Rafał Stanisław Sylwia Tadeusz Wojciech Zofia",
        "Adamczyk Banaś Baran Błaszczyk Cieślak Dąbek Domagała Duda Gajda Głowacz Góral Jóźwiak "
        "Kaczmarek Kania Kołodziej Kowal Król Kubiak Łuczak Marzec Mroczek Nowak Olszak Ptak "
        "Sikora Stępień Śliwa Walczak Wójcik Woźniak Wróbel Zając Zięba Żak",
    ),
    "tr": Language(
        "Ahmet Aslı Ayşe Barış Burçin Cem Çağla Deniz Ebru Emre Esra Fatih Gökhan Gül Hakan "
        "İlker İpek Kerem Mehmet Merve Nazlı Oğuz Özge Pınar Selin Serkan Şule Tuğba Umut Yiğit "
        "Zeynep",
        "Acar Akın Aksoy Arslan Avcı Aydın Bulut Çelik Çetin Demir Doğan Erdem Güneş Güler Işık "
        "Kaya Keskin Kılıç Koç Korkmaz Özdemir Öztürk Polat Şahin Şimşek Taş Tekin Turan Ünal "
        "Yavuz Yıldız Yılmaz",
    ),
    "vi": Language(
        "An Bình Châu Cường Dung Dũng Đạt Đức Giang Hà Hạnh Hiếu Hòa Hùng Hương Khánh Lan Linh "
        "Long Mai Minh Nga Ngọc Phong Phúc Quân Quỳnh Sơn Tâm Thảo Thắng Thủy Trang Tuấn Việt "
        "Yến",
        "Bùi Cao Châu Đặng Đinh Đỗ Dương Hà Hồ Hoàng Huỳnh Lâm Lê Lương Lý Mai Ngô Nguyễn Phạm "
        "Phan Tạ Trần Triệu Trịnh Trương Võ Vũ",
        family_first=True,
    ),
    "uk": Language(
        "Андрій=andrii Богдан=bohdan Валерія=valeriia Василь=vasyl Ганна=hanna Дарина=daryna "
        "Дмитро=dmytro Євген=yevhen Зоряна=zoriana Ігор=ihor Ірина=iryna Катерина=kateryna "
        "Лариса=larysa Людмила=liudmyla Максим=maksym Марія=mariia Микола=mykola Надія=nadiia "
        "Оксана=oksana Олег=oleh Олена=olena Остап=ostap Петро=petro Роман=roman "
        "Соломія=solomiia Степан=stepan Тарас=taras Уляна=uliana Юлія=yuliia Ярослав=yaroslav",
        "Бондаренко=bondarenko Василенко=vasylenko Гнатюк=hnatiuk Гончаренко=honcharenko "
        "Григоренко=hryhorenko Данилюк=danyliuk Захарченко=zakharchenko Іваненко=ivanenko "
        "Карпенко=karpenko Клименко=klymenko Коваль=koval Кравчук=kravchuk Левченко=levchenko "
        "Лисенко=lysenko Марченко=marchenko Мельник=melnyk Мороз=moroz Олійник=oliinyk "
        "Павленко=pavlenko Панчук=panchuk Поліщук=polishchuk Романюк=romaniuk "
        "Савченко=savchenko Ткаченко=tkachenko Харченко=kharchenko Шевчук=shevchuk "
        "Яременко=yaremenko",
    ),
    "el": Language(
        "Αγγελική=angeliki Αικατερίνη=aikaterini Άννα=anna Βασιλική=vasiliki Δήμητρα=dimitra "
        "Ειρήνη=eirini Ελένη=eleni Ευαγγελία=evangelia Ιωάννα=ioanna Κωνσταντίνα=konstantina "
        "Μαρία=maria Νεφέλη=nefeli Σοφία=sofia Φωτεινή=foteini Χριστίνα=christina",
        "Αθανασίου=athanasiou Αναγνώστου=anagnostou Βασιλείου=vasileiou Γεωργίου=georgiou "
        "Δημητρίου=dimitriou Ιωάννου=ioannou Κωνσταντίνου=konstantinou Νικολάου=nikolaou "
        "Οικονόμου=oikonomou Παπαδάκη=papadaki Παπανικολάου=papanikolaou Χατζή=chatzi",
    ),
    "el_m": Language(
        "Αλέξανδρος=alexandros Ανδρέας=andreas Γιώργος=giorgos Γρηγόρης=grigoris "
        "Δημήτρης=dimitris Ηλίας=ilias Θανάσης=thanasis Κώστας=kostas Λευτέρης=lefteris "
        "Μιχάλης=michalis Νίκος=nikos Παναγιώτης=panagiotis Σπύρος=spyros Χρήστος=christos",
        "Αθανασίου=athanasiou Αλεξίου=alexiou Αναγνώστου=anagnostou Βασιλείου=vasileiou "
        "Γεωργίου=georgiou Δημητρίου=dimitriou Ιωάννου=ioannou Μακρής=makris Νικολάου=nikolaou "
        "Οικονόμου=oikonomou Παπαδόπουλος=papadopoulos Στεφάνου=stefanou",
    ),
    "ar": Language(
        "أحمد=ahmad أمل=amal أميرة=amira إبراهيم=ibrahim بشير=bashir جميلة=jamila حسن=hassan "
        "خالد=khaled دانا=dana رانيا=rania ريم=reem زياد=ziad سارة=sara سلمى=salma سمير=samir "
        "طارق=tarek عمر=omar غسان=ghassan فادي=fadi فاطمة=fatima كريم=karim لينا=lina "
        "ليلى=layla مروان=marwan مريم=maryam نادين=nadine هالة=hala وليد=walid ياسمين=yasmine "
        "يوسف=youssef",
        "البستاني=albustani الحداد=alhaddad الحسن=alhassan الخطيب=alkhatib الخوري=alkhoury "
        "الرفاعي=alrifai الزين=alzein الشامي=alshami الصباغ=alsabbagh العلي=alali القاضي=alkadi "
        "المصري=almasri النجار=alnajjar بركات=barakat حمدان=hamdan خليل=khalil درويش=darwish "
        "سعيد=said سلامة=salameh شاهين=shahin طنوس=tannous عبود=abboud فارس=fares قاسم=kassem "
        "مراد=mourad ناصر=nasser نصر=nasr يونس=younes",
    ),
    "he": Language(
        "אבי=avi אורי=uri אילנה=ilana אסף=asaf גלית=galit דוד=david דנה=dana הדס=hadas זיו=ziv "
        "חן=chen טל=tal יאיר=yair יעל=yael ליאת=liat מיכל=michal מירב=meirav נועה=noa ניר=nir "
        "עדי=adi עומר=omer עינת=einat רון=ron רותי=ruti שירה=shira שלמה=shlomo תמר=tamar",
        "אברהמי=avrahami אדלר=adler אלון=alon ביטון=biton בן_דוד=bendavid ברק=barak גולן=golan "
        "דיין=dayan הררי=harari וייס=weiss חדד=hadad יוסף=yosef כהן=cohen לביא=lavi לוי=levi "
        "מזרחי=mizrahi נחום=nahum סגל=segal עמית=amit פלד=peled פרץ=peretz רוזן=rosen שגיא=sagi "
        "שרון=sharon",
    ),
    "zh": Language(
        "安琪=anqi 博文=bowen 晨曦=chenxi 春梅=chunmei 东升=dongsheng 芳=fang 桂英=guiying "
        "国强=guoqiang 海燕=haiyan 浩然=haoran 慧敏=huimin 佳怡=jiayi 建国=jianguo 俊杰=junjie "
        "丽华=lihua 美玲=meiling 明哲=mingzhe 青=qing 瑞=rui 诗涵=shihan 思远=siyuan "
        "婷婷=tingting 伟=wei 文静=wenjing 晓东=xiaodong 雪=xue 雅婷=yating 一诺=yinuo "
        "宇轩=yuxuan 子涵=zihan",
        "陈=chen 邓=deng 董=dong 冯=feng 高=gao 郭=guo 韩=han 何=he 胡=hu 黄=huang 蒋=jiang "
        "李=li 梁=liang 林=lin 刘=liu 罗=luo 吕=lyu 马=ma 潘=pan 沈=shen 宋=song 孙=sun 唐=tang "
        "王=wang 吴=wu 谢=xie 徐=xu 许=xu 杨=yang 叶=ye 余=yu 袁=yuan 张=zhang 赵=zhao 郑=zheng "
        "周=zhou 朱=zhu",
        family_first=True,
        joiner="",
    ),
    "ja": Language(
        "愛=ai 明美=akemi 彩=aya 大輔=daisuke 恵美=emi 花子=hanako 陽菜=hina 裕子=hiroko "
        "浩=hiroshi 純=jun 一郎=ichiro 和也=kazuya 健太=kenta 京子=kyoko 真由美=mayumi "
        "美咲=misaki 直樹=naoki さくら=sakura 聡=satoshi 翔太=shota 進=susumu 隆=takashi "
        "拓也=takuya 智子=tomoko 翼=tsubasa 由美=yumi 雄一=yuichi 結衣=yui",
        "安藤=ando 青木=aoki 藤田=fujita 後藤=goto 原田=harada 橋本=hashimoto 林=hayashi "
        "池田=ikeda 石井=ishii 伊藤=ito 岩崎=iwasaki 木村=kimura 小林=kobayashi 松本=matsumoto "
        "三浦=miura 宮崎=miyazaki 森=mori 中島=nakajima 西村=nishimura 小川=ogawa 岡田=okada "
        "斎藤=saito 坂本=sakamoto 清水=shimizu 高木=takagi 竹内=takeuchi 上田=ueda "
        "渡辺=watanabe 山口=yamaguchi 吉田=yoshida",
        family_first=True,
    ),
    "ko": Language(
        "가영=gayoung 건우=gunwoo 나연=nayeon 다은=daeun 동현=donghyun 민서=minseo 민준=minjun "
        "서연=seoyeon 서준=seojun 성민=sungmin 수빈=subin 승호=seungho 예린=yerin 우진=woojin "
        "은지=eunji 재현=jaehyun 정훈=junghoon 지민=jimin 지우=jiwoo 태윤=taeyoon 하늘=haneul "
        "현주=hyunju",
        "강=kang 고=ko 권=kwon 김=kim 남=nam 노=noh 문=moon 박=park 배=bae 백=baek 서=seo "
        "손=son 송=song 신=shin 안=ahn 오=oh 유=yoo 윤=yoon 이=lee 임=lim 장=jang 전=jeon "
        "정=jung 조=cho 차=cha 최=choi 한=han 허=heo 홍=hong 황=hwang",
        family_first=True,
        joiner="",
    ),
    "hi": Language(
        "अनिल=anil अनीता=anita अमित=amit आरती=aarti कविता=kavita किरण=kiran गीता=geeta "
        "दीपक=deepak नेहा=neha पूजा=pooja प्रकाश=prakash प्रिया=priya मनोज=manoj मीना=meena "
        "मोहन=mohan रवि=ravi राजेश=rajesh राहुल=rahul रेखा=rekha विजय=vijay शालिनी=shalini "
        "संजय=sanjay सुनीता=sunita सुरेश=suresh स्वाति=swati हर्ष=harsh",
        "अग्रवाल=agarwal कपूर=kapoor कुलकर्णी=kulkarni खन्ना=khanna गुप्ता=gupta चोपड़ा=chopra "
        "चौधरी=chaudhary जैन=jain जोशी=joshi ठाकुर=thakur त्रिवेदी=trivedi देसाई=desai नायर=nair "
        "पटेल=patel पांडे=pandey भट्ट=bhatt मल्होत्रा=malhotra मिश्रा=mishra मेहता=mehta यादव=yadav "
        "रेड्डी=reddy वर्मा=verma शर्मा=sharma शाह=shah सक्सेना=saxena सिंह=singh",
    ),
    "th": Language(
        "กมล=kamon กานดา=kanda จิรายุ=chirayu ชลธิชา=chonthicha ณัฐพล=nattapon ดวงใจ=duangjai "
        "ธนพล=thanapon นภัสสร=napatson ปรีชา=preecha พรทิพย์=porntip ภูมิ=phum มาลี=malee "
        "รัตนา=rattana วิชัย=wichai ศิริพร=siriporn สมชาย=somchai สุดา=suda อรุณ=arun",
        "แก้วมณี=kaewmanee คงสุข=khongsuk จันทร์แก้ว=chankaew ใจดี=jaidee ชัยวัฒน์=chaiwat "
        "ทองดี=thongdee บุญมี=boonmee พงษ์ไทย=pongthai มีสุข=meesuk รักไทย=rakthai "
        "วงศ์สวัสดิ์=wongsawat ศรีสุข=srisuk สายทอง=saithong แสงจันทร์=saengchan",
    ),
    "ka": Language(
        "ანა=ana გიორგი=giorgi დავით=davit ეკა=eka ელენე=elene თამარ=tamar ირაკლი=irakli "
        "ლევან=levan ლია=lia მაია=maia ნანა=nana ნიკა=nika ნინო=nino სალომე=salome "
        "სანდრო=sandro ქეთევან=ketevan",
        "აბაშიძე=abashidze ბერიძე=beridze გელაშვილი=gelashvili გიორგაძე=giorgadze "
        "დოლიძე=dolidze კაპანაძე=kapanadze ლომიძე=lomidze მაისურაძე=maisuradze ნოზაძე=nozadze "
        "ჩხეიძე=chkheidze წიკლაური=tsiklauri ხარაძე=kharadze",
    ),
}
