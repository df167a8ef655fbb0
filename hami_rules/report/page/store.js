// The findings: columns at hand, lines and details opened chunk by chunk.

const practices = data.practices;
const findings = data.findings;
const total = findings.practice.length;
const COUNTED = 3; // the first so many types count

// Findings that another one counts, by the finding that counts them.
const concurrentOf = new Map();
for (const [primary, row] of data.concurrent) {
  if (!concurrentOf.has(primary)) concurrentOf.set(primary, []);
  concurrentOf.get(primary).push(row);
}

function opener(kind, kept) {
  const open = new Map();
  return (row) => {
    const number = Math.floor(row / data.chunks[kind]);
    if (!open.has(number)) {
      if (open.size >= kept) open.delete(open.keys().next().value);
      open.set(number, JSON.parse(unpack(`${kind}-${number}`)));
    }
    const chunk = open.get(number);
    return [chunk.rows[row % data.chunks[kind]], chunk.strings];
  };
}

const lineChunk = opener('lines', Infinity);
const detailChunk = opener('details', 12);

function line(row) {
  const [[id, message, record, place, day]] = lineChunk(row);
  return { id, message, record, place, day };
}

function detail(row) {
  const [kept, strings] = detailChunk(row);
  const said = (value) => (Array.isArray(value) ? value.map((v) => strings[v]) : strings[value]);
  const facts = (list) => list.map(([label, value]) => [strings[label], strings[value]]);
  const node = ([truth, text, part, seen, children]) => ({
    truth: ['true', 'false', 'unknown', 'error'][truth % 4], decides: truth > 3,
    text: strings[text],
    part: part || '',
    facts: facts(seen),
    children: children.map(node),
  });
  const out = { seen: [], why: [], tree: [], rebuttals: [], superior: [] };
  for (const [name, value] of Object.entries(kept)) {
    if (name === 'seen') out.seen = facts(value);
    else if (name === 'why' || name === 'tree') out[name] = value.map(node);
    else out[name] = said(value);
  }
  return out;
}

const monthName = (code) => (code === data.lingers ? words.month_lingers : code || words.month_unknown);

// What a search reads of a finding; made when first searched.
const haystacks = new Array(total);
function haystack(row) {
  if (haystacks[row] === undefined) {
    const p = findings.practice[row];
    const said = line(row);
    const [rule, citation, title] = data.rules[practices.rule[p]];
    haystacks[row] = [
      said.message, said.record, said.place, said.id, said.day, rule, citation, title,
      data.organs[practices.organ[p]].join(' '), data.items[practices.item[p]],
    ].join('\n').toLowerCase();
  }
  return haystacks[row];
}
