/* SPDX-License-Identifier: BSD-2-Clause */
/* Stands in for `erprobe check` in the tests of the audit: no packet leaves. What it
 * finds is the word in the file $CHECKER_DIR/CIRCUIT (default healthy): a status, or crash,
 * hang, garbage, flood, mute, term (as a real one that is ended before it can answer signals); noazure: healthy, and Azure could not be read. Each call leaves a line in $CHECKER_DIR/calls:
 * CIRCUIT BEGAN-MS ENDED-MS BUDGET RATE. $CHECKER_MS: how long a run takes. What is not healthy has reasons, and with
 * $CHECKER_BUNDLES a bundle below --evidence that holds a report page alone, with the run's id in it; word "bare": a fault without a
 * bundle; "linked": its report page is a symbolic link to what is no business of any reader's; "direct": of ExpressRoute Direct. */
#include <fcntl.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static volatile sig_atomic_t interrupted;

static void on_term(int number)
{
	(void)number;
	interrupted = 1;
}

static int64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

static const char *option(int argc, char **argv, const char *name)
{
	for (int i = 1; i + 1 < argc; i++)
		if (strcmp(argv[i], name) == 0)
			return argv[i + 1];
	return "-";
}

/* The one circuit of the configuration: the line `  - name: "…"`. */
static void read_name(const char *path, char *name, size_t size)
{
	FILE *f = fopen(path, "r");
	char line[512];

	name[0] = '\0';
	while (f && fgets(line, sizeof line, f)) {
		char *at = strstr(line, "  - name: \"");

		if (at == line) {
			snprintf(name, size, "%s", at + 11);
			name[strcspn(name, "\"")] = '\0';
			break;
		}
	}
	if (f)
		fclose(f);
}

static void read_word(const char *dir, const char *name, char *word, size_t size)
{
	char path[600];
	FILE *f;

	snprintf(path, sizeof path, "%s/%s", dir, name);
	snprintf(word, size, "healthy");
	f = fopen(path, "r");
	if (f && fgets(word, (int)size, f))
		word[strcspn(word, "\n")] = '\0';
	if (f)
		fclose(f);
}

static void print_time(const char *key, int64_t us)
{
	time_t s = (time_t)(us / 1000000);
	struct tm t;

	gmtime_r(&s, &t);
	printf("\"%s\":\"%04d-%02d-%02dT%02d:%02d:%02d.%06dZ\",", key, t.tm_year + 1900, t.tm_mon + 1, t.tm_mday, t.tm_hour,
	       t.tm_min, t.tm_sec, (int)(us % 1000000));
}

/* As from run to run by chance (odd: 0 or 1): hop 3 has two addresses, now the one first and now the other, and the
 * last hop is the one target or the other. Neither is another path. */
static void print_hop_addresses(int octet, int ttl, int odd)
{
	if (ttl == 3)
		printf("\"addresses\":[\"10.%d.0.%d\",\"10.%d.0.%d\"],\"role\":\"edge\"", octet, odd ? 33 : 3, octet, odd ? 3 : 33);
	else if (ttl == 5)
		printf("\"addresses\":[\"10.%d.0.%d\"],\"role\":\"target\"", octet, 5 + odd);
	else
		printf("\"addresses\":[\"10.%d.0.%d\"],\"role\":null", octet, ttl);
}

static void print_link(const char *link, int octet, const char *status, int odd)
{
	static const char *const domains[] = {"corporate", "wan", "azure"};

	printf("{\"name\":\"%s\",\"ce\":\"172.16.%d.1\",\"msee\":\"172.16.%d.2\",\"status\":\"%s\",\"hops\":[", link, octet, octet,
	       status);
	for (int ttl = 1; ttl <= 5; ttl++) {
		printf("%s{\"ttl\":%d,", ttl > 1 ? "," : "", ttl);
		print_hop_addresses(octet, ttl, odd);
		printf(",\"domain\":\"%s\",\"sent\":12,\"answered\":12,\"rtt_us\":{\"min\":%d,\"median\":%d,\"p95\":%d,\"max\":%d}}",
		       domains[(ttl - 1) / 2], ttl * 900, ttl * 1000, ttl * 1100, ttl * 1200);
	}
	printf("],\"segments\":[");
	for (int i = 0; i < 3; i++)
		printf("%s{\"domain\":\"%s\",\"added_latency_us\":%d,\"loss\":{\"ratio\":0,\"low\":0,\"high\":0.08}}", i ? "," : "",
		       domains[i], 1000 * (i + 1));
	printf("]}");
}

/* As `erprobe check` has it of a fault, by name and form; enough of it to be told from one another. */
static void print_reasons(const char *status)
{
	printf(",\"evidence_for\":[\"Azure: the primary MSEE's BGP session with 172.16.3.1 is not established.\",\"<i>10.10.11.2</i> reports 172.16.3.2 (primary) as "
	       "unreachable (ICMP 3/1: host unreachable, from the edge), 21 times.\"],\"evidence_against\":[\"The provider has told of no work.\"],"
	       "\"next_steps\":[\"Open a ticket with the provider: circuit, service key, link, and the times below.\",\"Ask for the state of both hand-offs and "
	       "of the VLAN tags in between.\"],\"decided_by\":[%s],\"alternatives\":[{\"fault\":\"wan.vlan\",\"domain\":\"wan\",\"link\":\"primary\","
	       "\"probability\":0.038,\"decided_by\":\"the VLAN tags of both hand-offs\"}],\"runner_up\":{\"leader\":{\"fault\":\"wan.circuit-down\",\"domain\":"
	       "\"wan\",\"link\":\"primary\",\"probability\":0.95},\"next\":{\"fault\":\"wan.vlan\",\"domain\":\"wan\",\"link\":\"primary\",\"probability\":0.038},"
	       "\"evidence_for\":[{\"statement\":\"Azure: the primary MSEE's ARP entry for 172.16.3.1 is incomplete.\",\"odds\":\"12 : 1\",\"log_ratio\":2.484907,"
	       "\"source\":\"azure\",\"at\":\"2026-01-31T14:13:21.000000Z\"}],\"evidence_against\":[{\"statement\":\"No frame of another VLAN was heard.\",\"odds\":\"1.4 : 1\","
	       "\"log_ratio\":0.336472,\"source\":\"wire\",\"at\":\"2026-01-31T14:13:23.000000Z\"}]},\"other_domain\":null",
	       strcmp(status, "undetermined") == 0 ? "\"A longer run.\"" : "");
}

/* A bundle as far as the service looks into it. */
static void write_bundle(const char *dir, const char *id, const char *name, const char *word)
{
	char path[4096];
	FILE *f;

	if (!getenv("CHECKER_BUNDLES") || strcmp(dir, "-") == 0 || strcmp(word, "bare") == 0)
		return;
	mkdir(dir, 0750);
	snprintf(path, sizeof path, "%s/%s", dir, id);
	mkdir(path, 0750);
	snprintf(path, sizeof path, "%s/%s/data", dir, id);
	mkdir(path, 0750);
	snprintf(path, sizeof path, "%s/%s/data/report.html", dir, id);
	if (strcmp(word, "linked") == 0) {
		if (symlink("/etc/passwd", path) != 0)
			exit(3);
		return;
	}
	f = fopen(path, "w");
	if (!f)
		exit(3);
	fprintf(f, "<!DOCTYPE html><html lang=\"en\"><head><meta charset=\"utf-8\"><title>%s</title><style>h1{color:rgb(1,2,3)}</style></head>"
	        "<body><h1>Report of %s</h1><p id=\"name\">%s</p><script>document.title = 'it ran'</script></body></html>\n", id, id, name[0] == '<' ? "hostile" : name);
	fclose(f);
}

static void print_document(const char *name, const char *word, const char *status, const char *dir, int64_t began, int bad, int azure)
{
	uint8_t random[10];
	char id[64];
	int fd = open("/dev/urandom", O_RDONLY);

	if (fd < 0 || read(fd, random, sizeof random) != (ssize_t)sizeof random)
		exit(3);
	close(fd);
	snprintf(id, sizeof id, "%08llx-%04llx-7%03x-%02x%02x-%02x%02x%02x%02x%02x%02x",
	       (unsigned long long)(began / 1000) >> 16, (unsigned long long)(began / 1000) & 0xffff, random[0], 0x80 | (random[1] & 0x3f),
	       random[2], random[3], random[4], random[5], random[6], random[7], random[8]);
	if (strcmp(status, "healthy") != 0)
		write_bundle(dir, id, name, word);
	printf("{\"schema\":\"erprobe.check/1\",\"run_id\":\"%s\",", id);
	print_time("started_at", began);
	print_time("ended_at", now_us());
	printf("\"end_reason\":\"%s\",\"probes_sent\":420,\"capture\":{\"received\":800,\"dropped\":0},", interrupted ? "interrupted" : "decided");
	printf("\"circuits\":[{\"name\":\"%s\",\"handoff\":\"%s\",\"verdict\":{\"status\":\"%s\",\"domain\":%s,\"fault\":%s,\"link\":%s,\"confidence\":0.97,"
	       "\"summary\":\"%s\",\"contact\":%s",
	       name, strcmp(word, "direct") == 0 ? "direct" : "l2", status, bad ? "\"wan\"" : "null", bad ? "\"wan.circuit-down\"" : "null", bad ? "\"primary\"" : "null",
	       bad ? "On the primary link: layer 2 between edge and MSEE is down." : "All is well.", bad ? "\"provider\"" : "null");
	if (strcmp(status, "healthy") != 0)
		print_reasons(status);
	printf("},\"links\":[");
	print_link("primary", 3, bad ? "fault" : "healthy", random[9] & 1);
	printf(",");
	print_link("secondary", 4, "healthy", random[9] & 1);
	printf("],\"targets\":[{\"name\":\"app\",\"control\":false,\"tested\":true,\"reachable\":true,\"loss\":{\"ratio\":0,\"low\":0,"
	       "\"high\":0.2},\"rtt_us\":{\"min\":5000,\"median\":5200,\"p95\":6000,\"max\":7000}}],"
	       "\"azure\":%s}]}\n",
	       azure ? "{\"available\":true,\"why_not\":null,\"circuit_state\":\"Enabled\",\"provider_state\":\"Provisioned\"}" :
	               "{\"available\":false,\"why_not\":\"cannot resolve management.azure.com\"}");
}

int main(int argc, char **argv)
{
	const char *dir = getenv("CHECKER_DIR"), *ms = getenv("CHECKER_MS");
	struct sigaction act = {.sa_handler = on_term};
	char name[300], word[64], calls[600], line[600];
	int64_t began = now_us(), last;
	int fd, bad, azure;

	sigaction(SIGTERM, &act, NULL);
	read_name(option(argc, argv, "-c"), name, sizeof name);
	read_word(dir ? dir : ".", name, word, sizeof word);
	last = began + 1000 * (ms ? strtoll(ms, NULL, 10) : 50);
	while (!interrupted && now_us() < last)
		usleep(5000);
	snprintf(calls, sizeof calls, "%s/calls", dir ? dir : ".");
	snprintf(line, sizeof line, "%s %lld %lld %s %s\n", name, (long long)(began / 1000), (long long)(now_us() / 1000),
	         option(argc, argv, "--budget"), option(argc, argv, "--rate"));
	fd = open(calls, O_WRONLY | O_CREAT | O_APPEND, 0644);
	if (fd < 0 || write(fd, line, strlen(line)) < 0)
		return 3;
	close(fd);
	if (strcmp(word, "crash") == 0)
		raise(SIGSEGV);
	if (strcmp(word, "term") == 0) {
		signal(SIGTERM, SIG_DFL);
		raise(SIGTERM);
	}
	while (strcmp(word, "hang") == 0)
		pause();
	while (strcmp(word, "flood") == 0 && printf("%0512d", 0) > 0)
		;
	if (strcmp(word, "mute") == 0) {
		fputs("erprobe check: no route to anything\n", stderr);
		return 3;
	}
	if (strcmp(word, "garbage") == 0) {
		puts("{\"schema\":\"erprobe.check/1\",\"circuits\":[");
		return 0;
	}
	azure = strcmp(word, "noazure") != 0;
	bad = azure && strcmp(word, "healthy") != 0 && strcmp(word, "undetermined") != 0;
	print_document(name, word, !azure ? "healthy" : strcmp(word, "bare") == 0 || strcmp(word, "linked") == 0 || strcmp(word, "direct") == 0 ? "fault" : word,
	               option(argc, argv, "--evidence"), began, bad, azure);
	return 0;
}
