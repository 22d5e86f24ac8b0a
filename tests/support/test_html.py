import pytest

from tests.support.html import problems, rows_without_heading

PAGE = '<!DOCTYPE html><html lang="en"><head><title>x</title></head><body>{}</body></html>'


def test_good_page_has_no_problem() -> None:
    assert problems(PAGE.format('<label for="a">A</label><input id="a"><ul><li>1</li></ul>')) == []
    assert problems(PAGE.format("<details><summary><h2>a</h2></summary></details>")) == []


@pytest.mark.parametrize(
    ("body", "problem"),
    [
        ("<p><div>a</div></p>", "unexpected-end-tag at line 1"),
        ('<i id="a"></i><i id="a"></i>', "id 'a' stands 2 times"),
        ('<label for="b">B</label>', "for='b' of <label> leads nowhere"),
        ("<ul><div></div></ul>", "<div> directly in <ul>"),
        ("<span><div></div></span>", "<div> in <span>"),
        ("<details><summary><p>a</p></summary></details>", "<p> in <summary>"),
        ('<a href="/"><button>b</button></a>', "<button> within <a>"),
        ('<img src="/a.png">', "<img> without alt"),
        ("<svg></svg>", "<svg> that is neither a picture nor hidden"),
        ('<b style="color: red">b</b>', "inline style on <b>"),
        ("<script>1</script>", "inline script"),
        ('<b onclick="go()">b</b>', "onclick on <b>"),
    ],
)
def test_each_problem_is_found(body: str, problem: str) -> None:
    assert problem in problems(PAGE.format(body))


def test_a_row_is_named_by_one_of_its_cells() -> None:
    table = "<table><tbody><tr>{}</tr></tbody></table>"
    for cells in ('<th scope="row">a</th><td>b</td>', '<td colspan="2">none</td>'):
        assert rows_without_heading(PAGE.format(table.format(cells))) == []
    for cells in ("<td>a</td><td>b</td>", "<th>a</th><td>b</td>"):
        assert len(rows_without_heading(PAGE.format(table.format(cells)))) == 1
