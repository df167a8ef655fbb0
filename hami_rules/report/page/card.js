// One finding, with everything that a reader needs to act on it or to dispute it.

const seenFacts = (facts) => facts.length > 0
  && h('span', { class: 'saw' }, facts.map(([label, value]) => label + words.colon + value).join(words.semicolon));

function condition(node) {
  return [
    node.part && words.parts[node.part] && h('span', { class: 'part' }, words.parts[node.part] + words.colon),
    node.text + words.colon, h('strong', { class: node.truth }, words.answers[node.truth]),
    node.decides && h('span', { class: 'tag' }, words.decides), ' ',
    seenFacts(node.facts.filter(([label]) => label !== node.text)),
  ];
}

const tree = (nodes) => h('ul', { class: 'tree' }, nodes.map((node) => h('li', {}, condition(node),
  node.children.length > 0 && tree(node.children))));

function marksOf(row) {
  return data.marks.filter((_, bit) => findings.marks[row] & (1 << bit)).map((mark) => words[`mark_${mark}`]);
}

// A part of the page that is made when it is first opened.
function folded(attributes, summary, make) {
  const details = h('details', attributes, summary);
  details.addEventListener('toggle', () => {
    if (details.open && details.children.length === 1) details.append(...[make()].flat().filter(Boolean));
  });
  return details;
}

function card(row, practice) {
  const said = line(row);
  const f = detail(row);
  const rows = [];
  const add = (name, ...value) => { if (value.some(Boolean)) rows.push(h('dt', {}, words[name]), h('dd', {}, value)); };
  const place = said.place && [h('code', {}, said.place), f.pointer && [' ', h('code', { class: 'small' }, f.pointer)]];
  add('fact', said.message, f.seen.length > 0 && [h('br'), seenFacts(f.seen)]);
  add('evidence', place || words.no_place);
  add('basis', `${data.statute} ${f.citation}`, h('p', { class: 'law', lang: 'zh' }, `“${f.quote || ''}”`),
    f.superior.length > 0 && h('p', { class: 'small' }, words.superior + words.colon + f.superior.join(words.semicolon)));
  add('why', f.why.length > 0 && h('p', { class: 'small' }, words.answers_note),
    f.why.length > 0 && h('ul', { class: 'why' }, f.why.map((node) => h('li', {}, condition(node)))),
    f.tree.length > 0 && folded({ class: 'tree' }, h('summary', {}, words.tree), () => tree(f.tree)));
  add('remedy', f.remedy);
  const organ = data.organs[practices.organ[practice]];
  const upwards = data.parties[practices.party[practice]] === 'superior';
  add(upwards ? 'text_at' : 'responsible', organ[1], f.body && ` · ${words.coordinating}${words.colon}${f.body}`);
  add('consequence', f.consequence);
  add('rebuttable', f.rebuttals.join(words.semicolon));
  add('mitigation', f.mitigation);
  add('mitigation', f.pending);
  const others = concurrentOf.get(row);
  if (others) {
    add('concurrent', h('span', { class: 'small' }, words.concurrent_note), others.map((other) => {
      const its = detail(other);
      return folded({ class: 'concurrent' },
        h('summary', {}, `${its.citation}${bracketed(its.rule)}${its.title}`), () => card(other, practice));
    }));
  } else if (f.primary) add('concurrent', `${words.counted_under} `, h('code', {}, f.primary));
  if (f.corrected) add('corrected_on', f.corrected + bracketed(words.corrected_note));
  if (f.decision) add('decision', words[f.decision]);
  add('reading', f.reading && h('span', { class: 'small' }, f.reading));
  add('note', f.note);
  if (f.error) add('error', h('code', {}, f.error));
  add('finding_id', h('a', { href: `#?q=${said.id}` }, h('code', {}, said.id)));
  const item = f.item && `${words.item}${words.colon}${f.item}`;
  const meta = [f.citation, `${words.rule} ${f.rule}`, item, said.record, said.day];
  return h('div', { class: 'card' },
    h('p', { class: 'meta' }, meta.filter(Boolean).join(' · ')), h('dl', { class: 'body' }, rows));
}
