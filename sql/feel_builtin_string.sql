-- Strings: characters, regular expressions, and conversions.
\a\t
CREATE FUNCTION pg_temp.feel(VARIADIC expressions text[]) RETURNS TABLE (expression text, value jsonb) AS
$$ SELECT e, bpm.feel(e) FROM unnest(expressions) WITH ORDINALITY u(e, n) ORDER BY n $$ LANGUAGE sql;

SELECT * FROM pg_temp.feel('substring("foobar", 3)', 'substring("foobar", 3, 3)', 'substring("foobar", -2, 1)',
	'substring("foobar", 3, 99)', 'substring("foobar", 3.8)', 'substring("foobar", 0)', 'substring("foobar", 7)',
	'substring("foobar", -7)', 'substring("foobar", 3, 0)', 'substring("foobar", 3, -1)', 'substring("🐎é€x", 2, 2)',
	'substring("🐎é€x", -1)', 'substring(null, 1)', 'substring("a", null)', 'substring("a", "1")',
	'substring("foobar", 1e20)', 'substring(string: "abc", start position: 2)');
SELECT * FROM pg_temp.feel('string length("")', 'string length("🐎é€x")', 'string length(null)', 'string length(1)',
	'upper case("aé߀🐎")', 'upper case(1)', 'lower case("ÀÉΣİ")', 'substring before("foobar", "bar")',
	'substring before("foobar", "x")', 'substring before("foobar", "")', 'substring before("foobar", null)',
	'substring after("foobar", "ob")', 'substring after("foobar", "x")', 'substring after("", "a")',
	'substring after("foobar", "")', 'contains("foobar", "ob")', 'contains("foobar", "x")', 'contains("", "")',
	'contains("a", null)', 'starts with("foobar", "fo")', 'starts with("f", "fo")', 'starts with(1, "fo")',
	'ends with("foobar", "ar")', 'ends with("r", "ar")', 'ends with(null, null)', 'trim("  a b  ")', 'trim("\t\n")',
	'trim(1)', 'is blank(" \t")', 'is blank("")', 'is blank("a")', 'is blank(null)');
SELECT * FROM pg_temp.feel('string join(["a", "b", "c"])', 'string join(["a", "b", "c"], ", ")',
	'string join(["a", null, "c"], "-")', 'string join([], "-")', 'string join([null], "-")', 'string join("a", "-")',
	'string join(["a", 1], "-")', 'string join(["a", "b"], null)', 'string join(["a", "b"], "-", "<", ">")',
	'string join([], "-", "<", ">")', 'string join(null, "-")', 'string join(["a"], 1)');
-- Of alternatives the first that fits, each quantifier as it says, groups as they were last.
SELECT * FROM pg_temp.feel('matches("foobar", "^fo*b")', 'matches("foobar", "o{3}")', 'matches("a\nb", "a.b")',
	'matches("a\nb", "a.b", "s")', 'matches("a\nb", "^b$")', 'matches("a\nb", "^b$", "m")',
	'matches("ABC", "abc", "i")', 'matches("hello world", "hello world", "x")', 'matches("a+b", "a+b", "q")',
	'matches("a", "a", "z")', 'matches("a", "a", null)', 'matches("é", "^\p{Ll}$")', 'matches("é", "^\P{L}$")',
	'matches("x", "\p{Nope}")', 'matches("Ω", "\p{IsGreekandCoptic}")', 'matches("b", "[a-z-[aeiou]]")',
	'matches("e", "[a-z-[aeiou]]")', 'matches("_a1", "^\i\c*$")', 'matches("\u212A", "k", "i")',
	'matches("ſ", "[A-Z]", "i")', 'matches("abab", "^(ab)\1$")', 'matches("ab", "\1(ab)")', 'matches("ab", "(a\1)")',
	'matches("a", "(?=a)")', 'matches("a", "\b")', 'matches("a", "a{2,1}")', 'matches("a", "[b-a]")',
	'matches("a", "(")', 'matches("a", ")")', 'matches("a", "*")', 'matches("a", "[]")', 'matches("a", "")',
	'matches(null, "a")', 'matches("a", null)', 'matches(1, "a")');
SELECT * FROM pg_temp.feel('replace("abracadabra", "bra", "*")', 'replace("abracadabra", "a.*a", "*")',
	'replace("abracadabra", "a.*?a", "*")', 'replace("abracadabra", "a(.)", "a$1$1")',
	'replace("abcd", "(ab)|(a)", "[1=$1][2=$2]")', 'replace("abcdab", "a|ab", "x")', 'replace("aXbX", "x", "-", "i")',
	'replace("a.b", ".", "$0$0")', 'replace("a.b", ".", "-", "q")', 'replace("a", "a", "\$")',
	'replace("a", "a", "$")', 'replace("a", "a", "\x")', 'replace("abc", "x*", "-")', 'replace("abc", "b", "")',
	'replace("abc", "(x)?b", "[$1]")', 'replace("abc", "b", "$12")', 'replace("darted", "^(.*?)d(.*)$", "$1c$2")',
	'replace("a", "(", "b")', 'replace("a", "a", null)');
SELECT * FROM pg_temp.feel('split("John Doe", "\s")', 'split("a;b;;c;", ";")', 'split("", ";")', 'split("abc", "")',
	'split("abc", "x")', 'split(null, ";")', 'extract("a1, b22", "[a-z](\d+)")', 'extract("", "a")',
	'extract("a", "[")');
-- What would take other engines for ever.
SELECT * FROM pg_temp.feel('matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", "^(a+)+$")',
	'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaac", "^(a|aa)*b")',
	'matches("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", "(a*)*(a*)*(a*)*\1\2\3b")',
	'matches("a", "((((((((((a{99}){99}){99}){99}){99}){99}){99}){99}){99}){99})")');
SELECT bpm.feel('matches(s, "(x*)*y")', jsonb_build_object('s', repeat('x', 100000))),
	bpm.feel('count(split(s, ","))', jsonb_build_object('s', repeat('x,', 100000))),
	bpm.feel('matches("a", s)', jsonb_build_object('s', repeat('(', 100000))),
	bpm.feel('matches("a", s)', jsonb_build_object('s', repeat('a', 100000)));

SELECT * FROM pg_temp.feel('number("12.50")', 'number("-1e3")', 'number("1,5")', 'number("")', 'number(" 1")',
	'number("0x10")', 'number("NaN")', 'number("Infinity")', 'number(null)', 'number("1 000,5", " ", ",")',
	'number("1.000,5", ".", ",")', 'number("1,000", ",", null)', 'number("1.5", null, null)',
	'number("1.5", ".", ".")', 'number("1.5", "x", ".")', 'number("1.5", ".", "")', 'number("1.5", ".")',
	'number(1, null, null)');
SELECT * FROM pg_temp.feel('string(1.50)', 'string("a\"b")', 'string(null)', 'string(true)', 'string(@"PT90M")',
	'string([1, "a", null, @"2024-01-01"])', 'string({a: 1, "b c": "x"})', 'string([1..2))', 'string(1e-7)',
	'string(1e20)');
SELECT * FROM pg_temp.feel('range("[1..3]") = [1..3]', 'range("(\"a\"..\"b\"]").start', 'range("]1..3[") = (1..3)',
	'range("[@\"P1D\"..duration(\"P2D\")]").end', 'range("[date(\"2024-01-01\")..@\"2024-01-02\"]").start',
	'range(" [ -1.5 .. 3 ] ").start', 'range("[3..1]")', 'range("[1..\"a\"]")', 'range("[1..]")', 'range("[..1]")',
	'range("[1..2")', 'range("[1..x]")', 'range("[date(\"x\")..@\"2024-01-02\"]")', 'range("")', 'range(null)');
SELECT * FROM pg_temp.feel(
	'from json("{\"a\": [1, 2.50, null, true, \"\\u00e9\\uD83D\\uDC0E\"], \"a\": 1, \"b\": {}}")',
	'from json("null")', 'from json("")', 'from json("{")', 'from json("[1,]")', 'from json("01")',
	'from json("1 2")', 'from json("\"\\u0000\"")', 'from json("\"\\uD83D\"")', 'from json("tru")',
	'from json("1e99999")', 'from json("-0.5e1")', 'from json(null)', 'to json({a: [1, "x", null, @"2024-01-01"]})',
	'to json(null)', 'to json("a")', 'from json(to json({a: [1, {b: "c"}]}))');
SELECT bpm.feel('from json(s)', jsonb_build_object('s', repeat('[', 100000)));
SELECT * FROM pg_temp.feel('to base64("FEEL")', 'to base64("")', 'to base64(1)', 'from base64("RkVFTA==")',
	'from base64("/w==")', 'from base64("AA==")', 'from base64("*")', 'string length(uuid())', 'uuid() = uuid()');
