# What a decision costs, from C.

{
	title => 'decision tables of 20 and of 1,000 rules, evaluated from C as the engine does',
	run => sub { system 'sh', "$bench/decide.sh" },
};
