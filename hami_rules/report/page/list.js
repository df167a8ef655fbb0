// The findings in groups, a practice once with its instances. No more is drawn than was opened or asked for.

const PAGE = { practices: 30, instances: 20, organs: 60 };
const OPEN_ORGANS = 40; // so many practices or fewer: every group stands open
const OPEN_PRACTICES = 2; // so many or fewer: every practice, too

// Draws the first `size` and leaves a button for the next.
function paged(target, items, size, draw, word) {
  let at = 0;
  const button = h('button', { type: 'button', class: 'next' });
  const next = () => {
    const drawn = items.slice(at, at + size).map(draw);
    at += size;
    button.before(...drawn);
    const left = items.length - at;
    if (left > 0) button.textContent = say(word, { n: Math.min(size, left), left });
    else button.remove();
    return drawn[0];
  };
  button.addEventListener('click', () => {
    const first = next();
    const focus = first.querySelector('summary, button, a');
    if (focus) focus.focus();
  });
  target.append(button);
  next();
  return target;
}

function grouped(rows, dimension) {
  const groups = new Map();
  for (const row of rows) {
    const key = DIMENSION[dimension].of(row, findings.practice[row]);
    if (!groups.has(key)) groups.set(key, []);
    groups.get(key).push(row);
  }
  const entries = [...groups];
  if (dimension === 'organ') entries.sort((a, b) => b[1].length - a[1].length || a[0] - b[0]);
  else if (dimension === 'article') {
    const number = (entry) => Number(data.articles[entry[0]][0]);
    entries.sort((a, b) => number(a) - number(b));
  } else entries.sort((a, b) => a[0] - b[0]);
  return entries;
}

const practicesOf = (rows) => {
  const found = new Map();
  for (const row of rows) {
    const p = findings.practice[row];
    if (!found.has(p)) found.set(p, []);
    found.get(p).push(row);
  }
  return [...found].sort((a, b) => a[0] - b[0]);
};

const tag = (text) => h('span', { class: 'tag' }, text);

function instance(row, practice) {
  const said = line(row);
  return folded({ class: 'instance' },
    h('summary', {}, h('span', { class: 'nb' }, said.day), ' ', h('b', {}, said.record), ' ', said.message,
      marksOf(row).map(tag), said.place && h('code', { class: 'small' }, ` ${said.place}`)),
    () => card(row, practice));
}

function practiceEntry([practice, rows], open) {
  const type = data.types[practices.type[practice]];
  const title = data.rules[practices.rule[practice]][2];
  const first = rows[0];
  const summary = h('summary', {},
    h('span', { class: `grade c-${type}` }, words.types[type]),
    h('span', { class: 'what' },
      h('span', { class: 'title' }, `${practices.number[practice]}　${title}`),
      rows.length > 1 && h('span', { class: 'count' }, say('instances', { n: rows.length })),
      marksOf(first).map(tag),
      h('span', { class: 'line' }, line(first).message)));
  const entry = folded({ class: 'practice' }, summary, () => [
    card(first, practice),
    rows.length > 1 && h('div', { class: 'others' }, h('p', { class: 'small' }, words.others),
      paged(h('div', {}), rows.slice(1), PAGE.instances, (row) => instance(row, practice), 'more_instances')),
  ]);
  entry.open = open;
  return entry;
}

const figures = (rows) => h('span', { class: 'count' }, say('findings_n', { n: rows.length }), ' · ',
  say('practices_n', { n: new Set(rows.map((row) => findings.practice[row])).size }));

// How the organ's findings divide, as a bar as long as its share of the largest.
// What stands in the list though it counts against nobody, by its kind.
function uncounted(rows) {
  const found = new Map();
  for (const row of rows) {
    const type = practices.type[findings.practice[row]];
    if (type >= COUNTED) found.set(type, (found.get(type) || 0) + 1);
  }
  const what = [...found].sort((a, b) => a[0] - b[0]).map(([type, count]) => `${words.types[data.types[type]]} ${n(count)}`);
  return what.length > 0 ? say('shown_uncounted', { what: what.join(words.semicolon) }) : '';
}

function meter(rows, most) {
  const counts = [0, 0, 0];
  for (const row of rows) {
    const type = practices.type[findings.practice[row]];
    if (type < COUNTED) counts[type]++;
  }
  return h('span', { class: 'meter', 'aria-hidden': 'true' }, counts.map((count, i) => count > 0
    && h('i', { class: data.types[i], style: `width:${(100 * count) / most}%` })));
}

function innermost(rows, dimension, openPractices) {
  return grouped(rows, dimension).map(([key, members]) => h('section', { class: 'block' },
    h('h5', {}, DIMENSION[dimension].name(DIMENSION[dimension].keys[key], key), figures(members)),
    paged(h('div', {}), practicesOf(members), PAGE.practices, (p) => practiceEntry(p, openPractices), 'more')));
}

function drawList(target, rows, group) {
  const [outer, middle, inner] = group.split(' ');
  const count = practicesOf(rows).length;
  const sections = grouped(rows, outer).map(([key, members]) => {
    const name = DIMENSION[outer].keys[key];
    const organs = grouped(members, middle);
    const most = Math.max(...organs.map(([, r]) => r.length));
    const body = h('div', {});
    paged(body, organs, PAGE.organs, ([k, r]) => {
      const entry = folded({ class: 'organ' }, h('summary', {},
        h('h4', {}, DIMENSION[middle].name(DIMENSION[middle].keys[k], k)), meter(r, most), figures(r)),
      () => innermost(r, inner, count <= OPEN_PRACTICES));
      entry.open = count <= OPEN_ORGANS;
      return entry;
    }, 'more_organs');
    return h('section', { class: `type t-${outer === 'type' ? name : ''}` },
      h('h3', {}, DIMENSION[outer].name(name, key), figures(members),
        outer === 'type' && h('small', {}, words.notes[name])), body);
  });
  target.replaceChildren(...sections);
}
