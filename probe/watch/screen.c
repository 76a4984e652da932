/* SPDX-License-Identifier: BSD-2-Clause */
/* ncurses' wide-character functions are X/Open's. */
#define _XOPEN_SOURCE_EXTENDED 1
#include "probe/watch/screen.h"

#include "analysis/value/strbuf.h"
#include "analysis/value/utf8.h"
#include "probe/host/library.h"

#define NCURSES_NOMACROS 1 /* real functions: they are found when the library is loaded */
#include <curses.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PIECE_MAX 512 /* bytes of one coloured piece of a line */

static struct {
	SCREEN *(*newterm)(const char *, FILE *, FILE *);
	SCREEN *(*set_term)(SCREEN *);
	void (*delscreen)(SCREEN *);
	int (*endwin)(void);
	bool (*has_colors)(void);
	int (*start_color)(void), (*use_default_colors)(void), (*init_pair)(short, short, short);
	int (*cbreak)(void), (*noecho)(void), (*nonl)(void), (*curs_set)(int);
	int (*keypad)(WINDOW *, bool), (*nodelay)(WINDOW *, bool);
	int (*getmaxx)(const WINDOW *), (*getmaxy)(const WINDOW *), (*getcurx)(const WINDOW *);
	int (*waddnstr)(WINDOW *, const char *, int), (*wattrset)(WINDOW *, int), (*wmove)(WINDOW *, int, int);
	int (*werase)(WINDOW *), (*wrefresh)(WINDOW *), (*wgetch)(WINDOW *);
	int (*COLOR_PAIR)(int);
	WINDOW **stdscr;
} curses;

#define CALL(name) {#name, &curses.name}
static const struct library_call calls[] = {
	CALL(newterm), CALL(set_term), CALL(delscreen), CALL(endwin), CALL(has_colors), CALL(start_color),
	CALL(use_default_colors), CALL(init_pair), CALL(cbreak), CALL(noecho), CALL(nonl), CALL(curs_set), CALL(keypad),
	CALL(nodelay), CALL(getmaxx), CALL(getmaxy), CALL(getcurx), CALL(waddnstr), CALL(wattrset), CALL(wmove), CALL(werase),
	CALL(wrefresh), CALL(wgetch), CALL(COLOR_PAIR), {"stdscr", &curses.stdscr},
};

static SCREEN *screen;
static bool coloured;

static void colours(bool color)
{
	static const short basic[] = {COLOR_RED, COLOR_GREEN, COLOR_YELLOW, COLOR_BLUE, COLOR_MAGENTA, COLOR_CYAN};

	coloured = color && curses.has_colors() && curses.start_color() == OK && curses.use_default_colors() == OK;
	for (size_t i = 0; coloured && i < sizeof basic / sizeof basic[0]; i++)
		curses.init_pair(basic[i], basic[i], -1);
}

bool screen_open(bool color, char *err, size_t err_size)
{
	const char *term = getenv("TERM");

	if (!isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO)) {
		text_format(err, err_size, "the live view needs a terminal; for a program or a file: erprobe check --jsonl --interim 1");
		return false;
	}
	if (!library_load("libncursesw.so.6", "libncursesw6", calls, sizeof calls / sizeof calls[0], err, err_size))
		return false;
	screen = curses.newterm(term && *term ? term : "dumb", stdout, stdin);
	if (!screen) {
		text_format(err, err_size, "the terminal type '%s' is not known here: set TERM, for example to xterm", term ? term : "");
		return false;
	}
	curses.set_term(screen);
	colours(color);
	curses.cbreak();
	curses.noecho();
	curses.nonl();
	curses.curs_set(0);
	curses.keypad(*curses.stdscr, TRUE);
	curses.nodelay(*curses.stdscr, TRUE);
	return true;
}

void screen_close(void)
{
	if (!screen)
		return;
	curses.endwin();
	curses.delscreen(screen);
	screen = NULL;
}

void screen_size(int *width, int *height)
{
	*height = curses.getmaxy(*curses.stdscr);
	*width = curses.getmaxx(*curses.stdscr);
}

/* The codes of page.c: 0 none, 1 bold, 2 dim, 30 and up colours. */
static attr_t attribute(attr_t was, int code)
{
	if (code == 0)
		return A_NORMAL;
	if (code == 1)
		return was | A_BOLD;
	if (code == 2)
		return was | A_DIM;
	return coloured && code > 30 && code < 37 ? was | (attr_t)curses.COLOR_PAIR(code - 30) : was;
}

/* Reads "ESC [ n ; n m"; returns its end. */
static const char *codes(const char *at, attr_t *attr)
{
	at += 2;
	for (;;) {
		char *end;
		long code = strtol(at, &end, 10);

		*attr = attribute(*attr, end > at && code >= 0 && code < 100 ? (int)code : 0);
		if (*end != ';')
			return *end == 'm' ? end + 1 : end;
		at = end + 1;
	}
}

/* As much of a piece as the line still holds; ncurses would go on in the next one. */
static void put(const char *text, size_t len, int width)
{
	char piece[PIECE_MAX];
	int column = curses.getcurx(*curses.stdscr);

	if (len >= sizeof piece)
		len = sizeof piece - 1;
	memcpy(piece, text, len);
	piece[len] = '\0';
	curses.waddnstr(*curses.stdscr, piece, (int)utf8_fit(piece, len, width > column ? (size_t)(width - column) : 0));
}

static void line(const char *text, size_t len, int width)
{
	const char *end = text + len;
	attr_t attr = A_NORMAL;

	while (text < end) {
		if (text[0] == '\x1b' && end - text > 2 && text[1] == '[') {
			text = codes(text, &attr);
			curses.wattrset(*curses.stdscr, (int)attr);
			continue;
		}
		size_t piece = 1;
		while (text + piece < end && text[piece] != '\x1b')
			piece++;
		put(text, piece, width);
		text += piece;
	}
	curses.wattrset(*curses.stdscr, A_NORMAL);
}

void screen_show(const char *text)
{
	int width, height;

	screen_size(&width, &height);
	curses.werase(*curses.stdscr);
	for (int row = 0; row < height && *text != '\0'; row++) {
		size_t len = strcspn(text, "\n");

		curses.wmove(*curses.stdscr, row, 0);
		line(text, len, width);
		text += len + (text[len] == '\n');
	}
	curses.wrefresh(*curses.stdscr);
}

int screen_key(void)
{
	int key = curses.wgetch(*curses.stdscr);

	switch (key) {
	case ERR: return KEY_NOTHING;
	case KEY_UP: return KEY_UP_ARROW;
	case KEY_DOWN: return KEY_DOWN_ARROW;
	case KEY_RESIZE: return KEY_RESIZED;
	default: return key > 0 && key < 128 ? key : ' ' + 1;
	}
}
