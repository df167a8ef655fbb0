// What is chosen, kept in the address of the page so that Back, a bookmark and a link in the ledger work.

const DIMENSIONS = ['party', 'type', 'organ', 'article', 'region', 'month', 'mark', 'q'];

// Of each dimension: its values as the address names them, and the number of a finding's value.
const DIMENSION = {
  party: { keys: data.parties, of: (row, p) => practices.party[p], name: (key) => words.parties[key] || key },
  type: { keys: data.types, of: (row, p) => practices.type[p], name: (key) => words.types[key] },
  organ: { keys: data.organs.map((o) => o[0]), of: (row, p) => practices.organ[p], name: (key, i) => data.organs[i][1] },
  article: {
    keys: data.articles.map((a) => a[0]), of: (row, p) => practices.article[p], name: (key, i) => data.articles[i][1],
  },
  region: {
    keys: data.regions.map((r) => r[0]), of: (row) => findings.region[row], name: (key, i) => data.regions[i][1],
  },
  month: { keys: data.months, of: (row) => findings.month[row], name: monthName },
  mark: { keys: data.marks, name: (key) => words[`mark_${key}`] },
};

// Organs whose code is empty and so on are chosen by this name.
const EMPTY = '-';

function readAddress() {
  const given = new URLSearchParams(location.hash.startsWith('#?') ? location.hash.slice(2) : '');
  const chosen = {};
  for (const name of DIMENSIONS) {
    const value = given.get(name);
    if (value === null || value === '') continue;
    if (name === 'q' || DIMENSION[name].keys.includes(value === EMPTY ? '' : value)) chosen[name] = value;
  }
  chosen.group = given.get('group') || 'type organ article';
  return chosen;
}

// `sameStep`: Back does not stop here.
function writeAddress(chosen, sameStep) {
  const kept = new URLSearchParams();
  for (const name of [...DIMENSIONS, 'group']) {
    if (chosen[name] && chosen[name] !== 'type organ article') kept.set(name, chosen[name]);
  }
  const text = kept.toString();
  history[sameStep ? 'replaceState' : 'pushState'](null, '', text ? `#?${text}` : '#');
}

// The findings that meet all that is chosen, and for each dimension how many there are of each value under the rest.
function select(chosen) {
  const wanted = {};
  for (const name of DIMENSIONS) {
    if (name !== 'q' && chosen[name] !== undefined) {
      wanted[name] = DIMENSION[name].keys.indexOf(chosen[name] === EMPTY ? '' : chosen[name]);
    }
  }
  const terms = (chosen.q || '').toLowerCase().split(/\s+/).filter(Boolean);
  const plain = Object.keys(wanted).filter((name) => name !== 'mark');
  const counts = {};
  for (const name of DIMENSIONS) if (name !== 'q') counts[name] = DIMENSION[name].keys.map(() => [0, 0, 0, 0]);
  const cells = data.regions.map(() => data.articles.map(() => 0));
  const rows = [];
  for (let row = 0; row < total; row++) {
    const p = findings.practice[row];
    if (p < 0) continue;
    let failed = null;
    let failures = 0;
    let outside = false; // fails something other than region and article
    for (const name of plain) {
      if (DIMENSION[name].of(row, p) !== wanted[name]) {
        failed = name;
        failures++;
        if (name !== 'region' && name !== 'article') outside = true;
      }
    }
    if (wanted.mark !== undefined && !(findings.marks[row] & (1 << wanted.mark))) {
      failed = 'mark';
      failures++;
      outside = true;
    }
    if (failures > 1 && outside) continue;
    if (terms.length && !terms.every((term) => haystack(row).includes(term))) continue;
    const type = Math.min(practices.type[p], COUNTED);
    if (!outside && type < COUNTED) cells[findings.region[row]][practices.article[p]]++;
    if (failures === 0) rows.push(row);
    if (failures > 1) continue;
    for (const name of DIMENSIONS) {
      if (name === 'q' || (failures === 1 && failed !== name)) continue;
      if (name === 'mark') {
        data.marks.forEach((_, bit) => { if (findings.marks[row] & (1 << bit)) counts.mark[bit][type]++; });
      } else counts[name][DIMENSION[name].of(row, p)][type]++;
    }
  }
  return { rows, counts, cells };
}

const sum = (count) => count[0] + count[1] + count[2] + count[3];
