/* SPDX-License-Identifier: BSD-2-Clause */
/* The style sheet of our pages. Colours differ in lightness too, and every state is also
 * a word: a page says the same in grey and to those who do not see it. Paper is white
 * whatever the reader's screen is. */
#include "analysis/render/html.h"

static const char colours[] =
	":root{color-scheme:light dark;--paper:#fff;--ink:#1a1a1a;--dim:#545454;--rule:#d4d4d4;--edge:#8a8a8a;--good:#1b7f3b;"
	"--warn:#965800;--bad:#b00020;--doubt:#5f5f5f;--c:#eef3fb;--w:#fbf6e9;--a:#eef7ee;--bar:#9db7dd;--median:#12305f}"
	"@media screen and (prefers-color-scheme:dark){:root{--paper:#15171a;--ink:#e9e8e5;--dim:#adb1b6;--rule:#3b4047;--edge:#7d848c;"
	"--good:#63cd89;--warn:#f2ae49;--bad:#ff8490;--doubt:#aab0b7;--c:#1b2430;--w:#29241a;--a:#1a291f;--bar:#496a93;--median:#d5e4f8}}"
	".m-good,.healthy{--m:var(--good)}.m-warn,.degraded{--m:var(--warn)}.m-bad,.fault{--m:var(--bad)}"
	".m-doubt,.m-plain,.undetermined{--m:var(--doubt)}";

static const char text[] =
	"*{box-sizing:border-box}body{font:15px/1.5 system-ui,sans-serif;color:var(--ink);background:var(--paper);margin:0 auto;max-width:1060px;"
	"padding:28px 24px}h1{font-size:23px;line-height:1.25;margin:0 0 2px}h2{font-size:19px;margin:34px 0 10px;padding-bottom:3px;border-bottom:"
	"1px solid var(--edge)}h3{font-size:15px;margin:24px 0 6px}h4{font-size:12px;margin:0;color:var(--dim)}h1,h2,h3,h4,p,li,dd,td{overflow-wrap:break-word}.way li,td.addr,dd{overflow-wrap:anywhere}"
	"p{margin:6px 0;max-width:85ch}.sub,.note{color:var(--dim)}.note{font-size:13px}ul,ol{margin:6px 0;padding-left:24px}li{margin:2px 0}"
	".verdict{border:1px solid var(--m);border-left-width:10px;border-radius:4px;padding:12px 18px;margin:14px 0}"
	".verdict p:last-child{margin-bottom:0}.verdict strong{font-size:19px;color:var(--m)}dl{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(300px,100%),1fr));gap:8px 24px;margin:8px 0}"
	"dl .wide{grid-column:1/-1}dt{color:var(--dim);font-size:12px}dd{margin:0}footer{margin-top:30px;border-top:1px solid var(--edge);"
	"padding-top:6px;color:var(--dim);font-size:13px}";

static const char tables[] =
	".scroll{overflow-x:auto}table{border-collapse:collapse;width:100%;margin:8px 0;font-size:13px;line-height:1.4}"
	"th,td{text-align:left;padding:4px 8px;border-bottom:1px solid var(--rule);vertical-align:top}th{border-bottom:1px solid var(--edge);"
	"vertical-align:bottom;line-height:1.25}td.n,th.n{text-align:right;font-variant-numeric:tabular-nums;white-space:nowrap}"
	"td small{display:block;color:var(--dim);font-size:12px}td.addr{min-width:125px}td.k{white-space:nowrap}td.say{min-width:170px}td.bars,th.bars{width:22%;min-width:110px}"
	"svg{width:100%;height:auto;display:block;margin:8px 0}svg text{font:12px system-ui,sans-serif;fill:var(--ink)}svg .small{font-size:11px;"
	"fill:var(--dim)}svg.rtt{height:14px;margin:2px 0}.bar{fill:var(--bar)}.median{fill:var(--median)}.grid{stroke:var(--rule)}";

/* A line through the stations: each draws the half before it and the half behind it. */
static const char path[] =
	"figure{margin:8px 0 14px}figure p{margin:4px 0}figcaption{font-size:13px;color:var(--dim);margin-top:5px;max-width:none}"
	".domains{display:grid;grid-template-columns:minmax(0,3fr) minmax(0,2fr) minmax(0,3fr);border:1px solid var(--edge);border-radius:4px;overflow:hidden}"
	".domain{padding:8px 0 6px}.domain+.domain{border-left:1px solid var(--edge)}.domain.c{background:var(--c)}.domain.w{background:var(--w)}"
	".domain.a{background:var(--a)}.domain h4,.state{padding:0 10px}.state{font-size:13px;line-height:1.4;margin:10px 0 0}.state b,.state span{display:block}"
	".state b{color:var(--m)}.way{display:flex;list-style:none;margin:8px 0 0;padding:0;min-height:68px}"
	".way li{position:relative;flex:1 1 0;min-width:0;margin:0;padding:26px 3px 0;text-align:center;font-size:13px;line-height:1.3}"
	".way li.mark{flex:0 0 26px}.w .way li.mark{flex:1 0 26px}.way b,.way span,.way em{display:block}.way span{font-size:12px}.way em{font-size:12px;color:var(--dim)}"
	".way li::before,.way li::after{content:\"\";position:absolute;top:10px;width:50%;border-top:3px var(--s) var(--m)}"
	".way li::before{left:0}.way li::after{left:50%}"
	".i-good::before,.o-good::after{--m:var(--good);--s:solid}.i-warn::before,.o-warn::after{--m:var(--warn);--s:solid}"
	".i-plain::before,.o-plain::after{--m:var(--doubt);--s:solid}.i-bad::before,.o-bad::after{--m:var(--bad);--s:dashed}.i-doubt::before,.o-doubt::after{--m:var(--doubt);--s:dotted}"
	".way .i-none::before,.way .o-none::after{display:none}"
	".way i{position:absolute;z-index:1;left:50%;top:3px;width:17px;height:17px;margin-left:-8px;border:3px solid var(--m);border-radius:50%;background:var(--paper)}"
	".way .mark i{top:1px;width:21px;height:21px;margin-left:-10px;background:var(--m);border:0;color:var(--paper);font:bold 13px/21px system-ui,sans-serif;text-align:center}";

static const char narrow[] =
	"@media screen and (max-width:900px){table{font-size:12.5px}th,td{padding:4px}td.bars,th.bars{min-width:56px;width:14%}th.n{white-space:normal}}"
	"@media screen and (max-width:760px){body{padding:16px 14px}h1{font-size:20px}.verdict{padding:10px 12px}.domains{grid-template-columns:minmax(0,1fr)}"
	".domain+.domain{border-left:0;border-top:1px solid var(--edge)}"
	".domain{display:grid;grid-template-columns:minmax(0,1fr) minmax(0,1fr)}.domain h4{grid-column:1/-1}.way{flex-direction:column;min-height:0}"
	".way li,.way li.mark,.w .way li.mark{flex:none;text-align:left;padding:5px 10px 5px 44px;min-height:34px}"
	".way li::before,.way li::after{left:22px;width:0;top:0;height:50%;border-top:0;border-left:3px var(--s) var(--m)}.way li::after{left:22px;top:50%}"
	".way i{left:15px;top:50%;margin:-8px 0 0}.way .mark i{left:13px;top:50%;margin:-10px 0 0}}";

static const char print[] =
	"@media print{body{max-width:none;padding:0;font-size:9pt;line-height:1.36}h1{font-size:15pt}h2{font-size:12pt;margin:8pt 0 4pt}h3{font-size:9.5pt;margin:8pt 0 2pt}"
	".verdict p:last-child{margin-bottom:0}.verdict strong{font-size:12.5pt}table,.state,.way li,.note,figcaption,footer{font-size:8.5pt}p{max-width:none}table{margin:2pt 0 6pt}.says{font-size:7.5pt;line-height:1.2;margin:0}.says td{padding:0 8px 0 0;border:0}dl{gap:4px 18px;margin:4pt 0}.verdict{margin:8pt 0;padding:8px 14px}.way span,.way em,td small,dt,h4{font-size:7.5pt}.way{margin-top:4px;min-height:60px}.state{margin-top:4px}figure{margin:4px 0 8px}ul,ol{margin:3px 0}"
	"th,td{padding:2px 4px}.scroll{overflow:visible}td.addr,td.say{min-width:0}td.bars,th.bars{min-width:60px;width:15%}th.n{white-space:normal}dl{grid-template-columns:repeat(3,auto)}"
	"h1,h2,h3,h4{break-after:avoid}tr,figure,.verdict,dl,li{break-inside:avoid}thead{display:table-header-group}footer{break-before:avoid;margin-top:6pt;padding-top:2pt}"
	"@page{margin:12mm 14mm 15mm}*{-webkit-print-color-adjust:exact;print-color-adjust:exact}}";

void html_style(struct strbuf *out)
{
	const char *const parts[] = {colours, text, tables, path, narrow, print};

	for (size_t i = 0; i < sizeof parts / sizeof parts[0]; i++)
		strbuf_add(out, parts[i]);
}
