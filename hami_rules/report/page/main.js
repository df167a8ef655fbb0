// The page: what is chosen → what is drawn.

const $ = (selector) => document.querySelector(selector);
const root = document.documentElement;
const form = $('form.filters');
let chosen = {};
let selected = null;
let pictures = [];
// A4 in CSS pixels, as report.css has it.
const PAPER = { half: { width: 316, height: 200 }, whole: { width: 648, height: 135 } };

function effective() {
  // Parties never mix: where none is chosen, it is the one that the report is about.
  const out = { ...readAddress() };
  if (!out.party) {
    out.party = data.parties.includes('department') ? 'department' : data.parties[0];
    const found = select({ ...out });
    if (!found.rows.length) {
      const best = found.counts.party.map(sum).reduce((b, c, i, all) => (c > all[b] ? i : b), 0);
      if (found.counts.party.length && sum(found.counts.party[best])) out.party = data.parties[best];
    }
  }
  return out;
}

function choose(changes) {
  const next = { ...chosen };
  // What was chosen already is chosen no longer.
  const same = Object.entries(changes).every(([name, value]) => (next[name] === (value || EMPTY)));
  for (const [name, value] of Object.entries(changes)) {
    if (same) delete next[name];
    else next[name] = value || EMPTY;
  }
  set(next);
}

function set(next, sameStep) {
  writeAddress(next, sameStep);
  draw();
}

function fillSelects() {
  for (const name of ['type', 'organ', 'article', 'region', 'month', 'mark']) {
    const { keys, name: called } = DIMENSION[name];
    const size = (i) => sum(selected.counts[name][i]);
    const order = keys.map((_, i) => i).filter((i) => size(i) || chosen[name] === (keys[i] || EMPTY));
    if (name === 'organ') order.sort((a, b) => size(b) - size(a));
    if (name === 'article') order.sort((a, b) => Number(keys[a]) - Number(keys[b]));
    if (name === 'region' || name === 'month') order.sort((a, b) => (keys[a] < keys[b] ? -1 : 1));
    const options = order.map((i) => h('option', { value: keys[i] || EMPTY },
      `${called(keys[i], i)}${bracketed(n(size(i)))}`));
    const field = form.elements[name];
    field.replaceChildren(h('option', { value: '' }, words.all), ...options);
    field.value = chosen[name] || '';
  }
  if (form.elements.q !== document.activeElement) form.elements.q.value = chosen.q || '';
  form.elements.group.value = chosen.group;
}

function drawParties() {
  $('.parties').replaceChildren(...data.parties.map((party, i) => h('button', {
    type: 'button', 'aria-pressed': String(chosen.party === party),
    onclick: () => set({ ...chosen, party, organ: undefined }),
  }, words.parties[party], ' ', h('span', { class: 'count' }, n(sum(selected.counts.party[i]))))));
  $('.parties').hidden = data.parties.length < 2;
}

// Under the pictures: that something is chosen, where the list is, and how to choose nothing.
function drawPicked(active) {
  $('#picked').replaceChildren(...(active.length === 0 ? [words.chart_hint] : [
    h('a', { href: '#findings' }, $('.result [role=status]').textContent), ' ',
    h('button', { type: 'button', onclick: clear }, words.clear)]));
}

const clear = () => set({ party: chosen.party, group: chosen.group });

function drawResult() {
  const { rows } = selected;
  const others = selected.counts.party.some((c, i) => data.parties[i] !== chosen.party && sum(c));
  $('.result [role=status]').textContent = rows.length
    ? say('shown', { n: rows.length, p: practicesOf(rows).length }) + uncounted(rows)
    : words.none + (others ? words.elsewhere : '');
  const active = DIMENSIONS.filter((name) => name !== 'party' && chosen[name]);
  const chips = active.map((name) => {
    const key = chosen[name] === EMPTY ? '' : chosen[name];
    const what = name === 'q' ? key : DIMENSION[name].name(key, DIMENSION[name].keys.indexOf(key));
    const said = `${words[name]}${words.colon}${what}`;
    const undo = () => set({ ...chosen, [name]: undefined });
    return h('button', { type: 'button', 'aria-label': say('remove', { what: said }), onclick: undo },
      said, h('span', { 'aria-hidden': 'true' }, ' ×'));
  });
  if (active.length > 1) chips.push(h('button', { type: 'button', class: 'clear', onclick: clear }, words.clear));
  $('.chips').replaceChildren(...chips);
  drawPicked(active);
}

function draw() {
  chosen = effective();
  selected = select(chosen);
  fillSelects();
  drawParties();
  drawResult();
  drawList($('.list'), selected.rows, chosen.group);
  drawPictures();
}

function drawPictures() {
  for (const picture of pictures) picture.draw(chosen, selected);
}

function start() {
  let typing = 0;
  let resizing = 0;
  form.addEventListener('submit', (event) => event.preventDefault());
  form.addEventListener('change', (event) => {
    if (event.target.name !== 'q') set({ ...chosen, [event.target.name]: event.target.value || undefined });
  });
  form.elements.q.addEventListener('input', () => {
    clearTimeout(typing);
    typing = setTimeout(() => set({ ...chosen, q: form.elements.q.value.trim() || undefined }, true), 250);
  });
  // Back, and links to a finding; the links to parts of the page choose nothing.
  addEventListener('hashchange', () => {
    if (location.hash === '' || location.hash.startsWith('#?')) draw();
    if (location.hash.startsWith('#?')) $('#findings').scrollIntoView();
  });
  draw();
  // The pictures come once the page stands.
  root.classList.add('js');
  for (const details of document.querySelectorAll('details.data')) details.open = false;
  for (const name of document.querySelectorAll('.tile .name')) {
    const type = name.dataset.type;
    const href = type ? `#?type=${type}` : '#undetermined';
    if (!type && !$(href)) continue;
    name.replaceChildren(h('a', { href }, name.textContent));
  }
  const library = document.createElement('script');
  library.textContent = unpack('charting');
  document.head.append(library);
  pictures = [...document.querySelectorAll('figure.chart')].map((figure) => new Picture(figure, choose));
  drawPictures();
  const redraw = () => { for (const p of pictures) p.chart.resize(); drawPictures(); };
  addEventListener('resize', () => { clearTimeout(resizing); resizing = setTimeout(redraw, 100); });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', drawPictures);
  // On paper: light, and as wide as the sheet.
  addEventListener('beforeprint', () => {
    root.classList.add('printing');
    for (const p of pictures) p.chart.resize(p.by === 'article' || p.by === 'organ' ? PAPER.half : PAPER.whole);
    drawPictures();
  });
  addEventListener('afterprint', () => {
    root.classList.remove('printing');
    for (const p of pictures) p.chart.resize({ width: 'auto', height: 'auto' });
    drawPictures();
  });
  if (location.hash.startsWith('#?')) $('#findings').scrollIntoView();
}

start();
