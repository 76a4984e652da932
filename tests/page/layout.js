// SPDX-License-Identifier: BSD-2-Clause
// What is wrong with how the page lies, as a list of sentences.
(() => {
	const wrong = [];
	const words = node => node.textContent.trim().slice(0, 40);

	// Each run of text with the boxes of its lines.
	const texts = [];
	const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
	while (walk.nextNode()) {
		const node = walk.currentNode;
		if (!node.textContent.trim())
			continue;
		const range = document.createRange();
		range.selectNodeContents(node);
		const boxes = [...range.getClientRects()].filter(b => b.width > 0.5 && b.height > 0.5);
		if (boxes.length === 0)
			wrong.push(`not shown: "${words(node)}"`);
		texts.push({node, boxes, home: node.parentElement});
	}

	// 1. Nothing is wider than the window; tables that are scroll by themselves, on screens of phones alone.
	const root = document.documentElement;
	if (root.scrollWidth > root.clientWidth)
		wrong.push(`scrolls sideways: ${root.scrollWidth} px in ${root.clientWidth}`);

	if (root.clientWidth >= 760)
		for (const box of document.querySelectorAll('.scroll'))
			if (box.scrollWidth > box.clientWidth + 1 && !box.textContent.includes('\uFFFD')) // rubbish for names may be as wide as it likes
				wrong.push(`a table scrolls sideways: ${box.scrollWidth} px in ${box.clientWidth}, "${words(box)}"`);

	// 2. No text lies on another. The boxes of lines are a little higher than the letters.
	const slack = 3;
	const meet = (a, b) => a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - slack && b.top < a.bottom - slack;
	for (let i = 0; i < texts.length; i++)
		for (let k = i + 1; k < texts.length; k++)
			if (texts[i].boxes.some(a => texts[k].boxes.some(b => meet(a, b))))
				wrong.push(`"${words(texts[i].node)}" lies on "${words(texts[k].node)}"`);

	// 3. What belongs to a domain, to a cell stays in it; no station lies on another.
	for (const {node, boxes, home} of texts) {
		const frame = home.closest('.domain, td, th, .verdict');
		const f = frame && frame.getBoundingClientRect();
		if (f && boxes.some(b => b.left < f.left - 1 || b.right > f.right + 1 || b.top < f.top - slack || b.bottom > f.bottom + slack))
			wrong.push(`"${words(node)}" leaves its frame`);
	}
	const dots = [...document.querySelectorAll('.way i')].map(e => e.getBoundingClientRect());
	for (let i = 0; i < dots.length; i++)
		for (let k = i + 1; k < dots.length; k++)
			if (meet(dots[i], dots[k]))
				wrong.push(`marks ${i} and ${k} of the paths lie on one another`);
	for (const {node, boxes, home} of texts)
		if (home.tagName !== 'I' && dots.some(d => boxes.some(b => meet(d, b))))
			wrong.push(`a mark lies on "${words(node)}"`);

	// 4. Letters stand out from their ground: WCAG 2.1, 1.4.3, at least 4.5 to 1.
	const channels = colour => colour.match(/[\d.]+/g).map(Number);
	const light = ([r, g, b]) => [r, g, b].map(v => v / 255).map(v => v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4)
		.reduce((sum, v, i) => sum + v * [0.2126, 0.7152, 0.0722][i], 0);
	const ground = e => {
		for (; e; e = e.parentElement) {
			const c = channels(getComputedStyle(e).backgroundColor);
			if (c.length < 4 || c[3] > 0.99)
				return c;
		}
		return [255, 255, 255];
	};
	for (const {node, home} of texts) {
		const [high, low] = [light(channels(getComputedStyle(home).color)), light(ground(home))].sort((a, b) => b - a);
		const ratio = (high + 0.05) / (low + 0.05);
		if (ratio < 4.5)
			wrong.push(`"${words(node)}" has a contrast of ${ratio.toFixed(1)}`);
	}

	// 5. The line through the stations has no gap and says what the words say.
	const piece = (e, side) => {
		const s = getComputedStyle(e, side);
		return s.display === 'none' ? null : s.borderTopStyle === 'none' || s.borderTopWidth === '0px' ?
			`${s.borderLeftStyle} ${s.borderLeftColor}` : `${s.borderTopStyle} ${s.borderTopColor}`;
	};
	const lines = {};
	for (const figure of document.querySelectorAll('figure')) {
		const items = [...figure.querySelectorAll('.way li')];
		items.forEach((item, i) => {
			if ((piece(item, '::before') === null) !== (i === 0) || (piece(item, '::after') === null) !== (i === items.length - 1))
				wrong.push(`the line has a gap at "${words(item)}"`);
		});
		for (const domain of figure.querySelectorAll('.domain')) {
			const state = words(domain.querySelector('.state b')), mark = domain.querySelector('.mark');
			const look = piece(mark, '::before') || piece(mark, '::after');
			if (!state.startsWith(words(mark)))
				wrong.push(`the mark ${words(mark)} beside "${state}"`);
			(lines[state] ||= new Set()).add(look);
		}
	}
	const healthy = lines['✓ no fault seen'];
	for (const [state, looks] of Object.entries(lines)) {
		if (looks.size !== 1)
			wrong.push(`"${state}" is drawn in ${looks.size} ways`);
		if (healthy && !state.startsWith('✓') && [...looks].some(l => healthy.has(l)))
			wrong.push(`"${state}" is drawn as what is healthy`);
	}
	return wrong;
})()
