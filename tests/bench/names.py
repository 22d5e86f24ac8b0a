"""The names that the bench's users are made of: scripts and lengths as partners meet them.

Each row is a name as written and its letters as a user name has them.
"""

FIRST_NAMES = """
Ada ada|Agnieszka agnieszka|Aïcha aicha|Akira akira|Alejandro alejandro|Amélie amelie|Anders anders
Anna-Lena anna-lena|Anouk anouk|Åsa asa|Beatriz beatriz|Björn bjorn|Bronwen bronwen|Carlos carlos
Çağla cagla|Chiara chiara|Chinedu chinedu|Dagmar dagmar|Dimitra dimitra|Đorđe dorde|Edward edward
Elif elif|Émile emile|Fatima fatima|Fernando fernando|Freja freja|Giulia giulia|Gökhan gokhan
Hannah hannah|Håkon hakon|Ibrahim ibrahim|Ingrid ingrid|Isabelle isabelle|Jorge jorge|Jürgen jurgen
Katarzyna katarzyna|Kofi kofi|Lakshmi lakshmi|Leïla leila|Łukasz lukasz|Magdalena magdalena
Małgorzata malgorzata|Mohammed mohammed|Nguyệt nguyet|Noémie noemie|Olivia olivia|Ömer omer
Paulo paulo|Petra petra|Priya priya|Rafał rafal|Roisin roisin|Søren soren|Tomáš tomas|Ümit umit
Victoria victoria|Wanjiru wanjiru|Yuki yuki|Zoë zoe|Željko zeljko|Мария mariya|Νίκος nikos
محمد mohamed|太郎 taro
"""

LAST_NAMES = """
Abbott abbott|Adeyemi adeyemi|Andersson andersson|Árnason arnason|Bakker bakker|Barbosa barbosa
Bergström bergstrom|Blažek blazek|Bondarenko bondarenko|Brennan brennan|Castellanos castellanos
Chatterjee chatterjee|Cunningham cunningham|Czajkowska czajkowska|Dąbrowski dabrowski|Delacroix
delacroix|Demir demir|Dlamini dlamini|Dubois dubois|Eriksen eriksen|Esposito esposito|Fernández
fernandez|Fitzgerald fitzgerald|Fournier fournier|García garcia|Goldstein goldstein|Gonçalves
goncalves|Grünwald grunwald|Gustafsson gustafsson|Hashimoto hashimoto|Hernández hernandez|Horváth
horvath|Ivanova ivanova|Jakobsen jakobsen|Janssens janssens|Johannesson johannesson|Kaczmarek
kaczmarek|Karlsdóttir karlsdottir|Kaya kaya|Kazemi kazemi|Kirchner kirchner|Kowalczyk kowalczyk
Krishnamurthy krishnamurthy|Kučera kucera|Lefèvre lefevre|Lindqvist lindqvist|Lombardi lombardi
Macdonald macdonald|Mbeki mbeki|Mäkinen makinen|Moreau moreau|Müller muller|Murakami murakami
Ncube ncube|Nedvědová nedvedova|Nikolaidis nikolaidis|Novák novak|O'Connor o'connor|Okonkwo okonkwo
Ødegaard odegaard|Öztürk ozturk|Papadopoulos papadopoulos|Pedersen pedersen|Petrović petrovic
Pfeiffer pfeiffer|Quispe quispe|Radcliffe radcliffe|Ramachandran ramachandran|Rasmussen rasmussen
Rodríguez rodriguez|Rossi rossi|Sánchez sanchez|Schäfer schafer|Schröder schroder|Šimková simkova
Sørensen sorensen|Steinbrück steinbruck|Suzuki suzuki|Szabó szabo|Tanaka tanaka|Thorvaldsen
thorvaldsen|Tkachenko tkachenko|Toivonen toivonen|Uzun uzun|Vandenberghe vandenberghe|Vázquez
vazquez|Virtanen virtanen|Wąsik wasik|Weißmann weissmann|Wójcik wojcik|Yamamoto yamamoto|Yıldız
yildiz|Zapata zapata|Żukowski zukowski|Zimmermann zimmermann|Иванов ivanov|Παππάς pappas
الخطيب alkhatib|山田 yamada|Nguyễn nguyen
"""


def pairs(text: str) -> list[tuple[str, str]]:
    words = text.replace("|", " ").split()
    return list(zip(words[::2], words[1::2], strict=True))
