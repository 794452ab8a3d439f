# The first call on a connection.

my $call = "SELECT :schema.start('bench', '{\"amount\": 120}');\n";

{
	title => 'the first call on a new connection (the time to connect is not in it); a step is a call',
	setup => read_file("$bench/job.sql"),
	cases => [
		{ name => '1 definition', options => '-C', script => $call },
		{ name => '1,000 definitions', options => '-C', script => $call, prepare => <<'END' },
SELECT FROM generate_series(1, 1000) n, bpm.deploy(format('{"process": "other%s", "nodes": [
	{"id": "work", "kind": "serviceTask", "job": "work"}, {"id": "check", "kind": "userTask"}],
	"flows": [{"from": "work", "to": "check"}]}', n)::jsonb);
END
	],
};
