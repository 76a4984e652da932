/* SPDX-License-Identifier: BSD-2-Clause */
/* Keeps the page in step with the audit: replaces the elements that changed, says aloud
   what got worse or better, and shows when it has lost touch. Without it the page is the
   same, read again now and then. */
"use strict";
(() => {
	const AGAIN_MS = 5000, SILENT_MS = 45000; /* the server gives a sign of life every 15 s */
	const by = (id) => document.getElementById(id);
	let state = document.querySelector(".bottom").dataset.state, source = null, heard = 0, touch = null;

	/* -- what a replaced element keeps -- */

	function swap(old, fresh) {
		const was = new Map([...old.querySelectorAll("details")].map((d) => [d.id, d.open]));
		const scrolled = [...old.querySelectorAll(".scroll")].map((s) => s.scrollLeft);
		const active = document.activeElement;
		const stops = (root) => [...root.querySelectorAll("a, summary, [tabindex]")];
		const place = old.contains(active) ? stops(old).indexOf(active) : -1;
		/* By name where there is one: what came or went before it is no reason to lose it. */
		const named = (e) => e.tagName === active.tagName && (e.id || e.parentElement.id) && (e.id || e.parentElement.id) === (active.id || active.parentElement.id);
		for (const d of fresh.querySelectorAll("details")) d.open = was.get(d.id) ?? d.open;
		old.replaceWith(fresh);
		[...fresh.querySelectorAll(".scroll")].forEach((s, i) => { s.scrollLeft = scrolled[i] || 0; });
		if (place >= 0) (stops(fresh).find(named) || stops(fresh)[place] || by("main")).focus({ preventScroll: true });
	}

	/* -- times -- */

	function ago(seconds) {
		if (seconds < 90) return `${Math.max(0, Math.round(seconds))} s`;
		if (seconds < 5400) return `${Math.round(seconds / 60)} min`;
		if (seconds < 172800) return `${Math.round(seconds / 3600)} h`;
		return `${Math.round(seconds / 86400)} days`;
	}

	function ages() {
		for (const t of document.querySelectorAll("time[data-ago], time[data-since]")) {
			const at = Date.parse(t.dateTime);
			if (!t.title) t.title = t.textContent;
			t.textContent = t.hasAttribute("data-ago") ? `${ago((Date.now() - at) / 1000)} ago` : `${t.title} (${ago((Date.now() - at) / 1000)})`;
		}
	}

	/* -- news -- */

	const statuses = (root) => new Map([...root.querySelectorAll(".circuit")].map((c) => [c.dataset.name, c.dataset.status]));

	function announce(before, after) {
		const news = [];
		for (const [name, now] of after)
			if (before.has(name) && before.get(name) !== now) news.push(`${name}: ${now}`);
		if (news.length > 0) by("said").textContent = news.slice(0, 5).join(". ");
	}

	function title() {
		const overview = by("overview");
		if (overview) document.title = `${overview.dataset.title} · ${document.querySelector("h1").textContent}`;
	}

	function connected(well, words) {
		const line = by("connection");
		/* Only a change is written, so that it is read aloud no more than once. */
		if (well === touch) return;
		touch = well;
		line.className = well ? "live" : "lost";
		line.textContent = words;
		if (!well) by("said").textContent = words;
	}

	/* -- the stream -- */

	function part(data) {
		const end = data.indexOf("\n"), old = by(data.slice(0, end));
		if (!old) return;
		const shell = document.createElement("template");
		shell.innerHTML = data.slice(end + 1);
		const before = statuses(by("main"));
		swap(old, shell.content.firstElementChild);
		announce(before, statuses(by("main")));
		title();
		ages();
	}

	async function reread() {
		const answer = await fetch("/", { cache: "no-store" });
		if (!answer.ok) throw new Error(answer.statusText);
		const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
		const main = fresh.getElementById("main"), before = statuses(by("main"));
		if (!main) throw new Error("no page");
		state = fresh.querySelector(".bottom").dataset.state;
		swap(by("main"), document.adoptNode(main));
		announce(before, statuses(by("main")));
		title();
		ages();
	}

	const clock = () => new Date().toISOString().slice(11, 19);

	function lost() {
		if (source) source.close();
		source = null;
		connected(false, `No connection since ${clock()} UTC: what is shown may be old`);
		setTimeout(connect, AGAIN_MS);
	}

	function connect() {
		const mine = new EventSource(`/events?state=${state}`);
		source = mine;
		heard = Date.now();
		const on = (name, what) => mine.addEventListener(name, (e) => {
			heard = Date.now();
			if (source === mine) what(e.data);
		});
		mine.onopen = () => { heard = Date.now(); connected(true, "Live"); };
		mine.onerror = () => { if (source === mine) lost(); };
		on("part", part);
		on("state", (data) => { state = data; });
		on("page", () => reread().catch(lost));
		on("beat", () => {});
	}

	setInterval(() => { if (source && Date.now() - heard > SILENT_MS) lost(); }, 5000);
	setInterval(ages, 1000);
	ages();
	connect();
})();
