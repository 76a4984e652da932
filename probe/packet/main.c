/* SPDX-License-Identifier: BSD-2-Clause */
/* erprobe-packet: sends the probes that erprobe asks for and hands back frames. It
 * holds a right only while it opens its sockets. The order of main() is the
 * security: arguments, open, drop and lock, and only then the first byte is read. */
#include "erprobe/exit_code.h"
#include "probe/packet/packet.h"
#include "probe/sandbox/sandbox.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char help[] =
	"erprobe-packet sends and captures packets for erprobe, which starts it by itself.\n"
	"usage: erprobe-packet --channel-version N --iface NAME... --allow PREFIX...\n"
	"                      --rate N|max --ports COUNT [--snaplen BYTES] [--capture quick|bulk|light|none]\n"
	"                      [--watch PREFIX]... [--mirror NAME]... [--via ADDRESS]...\n"
	"       (--allow-fd 4 in place of --allow: the prefixes in a sealed file)\n"
	"       erprobe-packet --version | --help\n";

/* A socket pair of ours, or whatever the shell left on this descriptor? */
static bool channel_present(void)
{
	int type = 0, domain = 0;
	socklen_t a = sizeof(type), b = sizeof(domain);

	return getsockopt(CHANNEL_FD, SOL_SOCKET, SO_TYPE, &type, &a) == 0 && type == SOCK_SEQPACKET &&
	       getsockopt(CHANNEL_FD, SOL_SOCKET, SO_DOMAIN, &domain, &b) == 0 && domain == AF_UNIX;
}

/* Tells erprobe, or the person who started us, why there will be no probes. */
static int start_failed(const char *why)
{
	struct channel_start_failed r;

	memset(&r, 0, sizeof(r));
	outbox_head(&r.head, CHANNEL_START_FAILED);
	snprintf(r.text, sizeof(r.text), "%s", why);
	if (channel_present())
		(void)send(CHANNEL_FD, &r, sizeof(r), MSG_NOSIGNAL);
	fprintf(stderr, "erprobe-packet: %s\n", why);
	return EXIT_ERROR;
}

/* erprobe decides when a run ends: an interrupt from the terminal, which goes to
 * both, must not take the last answers away. Its end is ours (channel, parent). */
static void leave_signals_to_erprobe(void)
{
	static const int signals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGPIPE};

	for (size_t i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		(void)signal(signals[i], SIG_IGN);
}

static int run(struct packet *p, const struct packet_args *a, bool parsed, char *why, size_t size)
{
	pid_t parent = getppid();

	if (a->channel_version != 0 && a->channel_version != CHANNEL_VERSION) {
		snprintf(why, size, "this helper speaks channel version %u, erprobe version %u: install both from "
		         "one build", CHANNEL_VERSION, (unsigned)a->channel_version);
		return start_failed(why);
	}
	if (!parsed)
		return start_failed(why);
	leave_signals_to_erprobe();
	if (!packet_open(p, a, why, size))
		return start_failed(why);
	if (!sandbox_packet(parent, why, size))
		return start_failed(why);
	p->parent = parent;
	return packet_serve(p);
}

int main(int argc, char **argv)
{
	static struct packet packet;
	struct packet_args args = {0};
	char why[CHANNEL_TEXT_MAX] = "";
	bool parsed = packet_args_parse(argc, argv, &args, why, sizeof(why));

	if (parsed && args.help)
		return fputs(help, stdout) < 0;
	if (parsed && args.version)
		return printf("erprobe-packet %s (packet channel version %u)\n", ERPROBE_VERSION, CHANNEL_VERSION) < 0;
	if (!channel_present()) {
		packet_args_free(&args);
		return start_failed("this is the packet helper of erprobe, which starts it by itself: run erprobe");
	}
	/* Nothing is freed: the cage allows little, and the kernel does it all. */
	_exit(run(&packet, &args, parsed, why, sizeof(why)));
}
