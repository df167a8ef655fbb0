// Four pictures. Each shows what the other choices leave, and a click on it chooses.

const TOP = 10; // organs drawn

function colours() {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(`--${name}`).trim();
  return {
    types: [of('violation-fill'), of('shortfall-fill'), of('suspicion-fill')],
    ink: of('ink'), soft: of('soft'), line: of('line'), panel: of('panel'), ground: of('ground'),
    heat: of('violation-fill'),
    font: getComputedStyle(document.body).fontFamily,
  };
}

// Months in a row, those without a finding too; first the conduct that spans several.
function monthKeys() {
  const plain = data.months.filter((m) => /^\d{4}-\d\d$/.test(m)).sort();
  const keys = data.months.includes('') ? [''] : [];
  if (data.months.includes(data.lingers)) keys.push(data.lingers);
  if (!plain.length) return keys;
  let [year, month] = plain[0].split('-').map(Number);
  for (let i = 0; i < 240; i++) {
    const key = `${year}-${String(month).padStart(2, '0')}`;
    keys.push(key);
    if (key === plain[plain.length - 1]) break;
    month = month % 12 + 1;
    if (month === 1) year++;
  }
  return keys;
}

const MONTHS = monthKeys();

// The axes stay as they are whatever is chosen: the articles and regions of all that counts against the party.
const axes = {};
function axesOf(party) {
  if (!axes[party]) {
    const articles = new Set();
    const regions = new Set();
    findings.practice.forEach((p, row) => {
      if (p < 0 || practices.type[p] >= COUNTED || data.parties[practices.party[p]] !== party) return;
      articles.add(data.articles[practices.article[p]][0]);
      regions.add(findings.region[row]);
    });
    const region = (r) => data.regions[r][0] || '~';
    axes[party] = {
      articles: [...articles].sort((a, b) => Number(a) - Number(b)),
      regions: [...regions].sort((a, b) => (region(a) < region(b) ? -1 : 1)),
    };
  }
  return axes[party];
}

class Picture {
  constructor(figure, choose) {
    this.by = figure.dataset.by;
    this.canvas = figure.querySelector('.canvas');
    this.caption = figure.querySelector('figcaption');
    this.note = h('span', { class: 'small' });
    this.caption.append(this.note);
    this.chart = echarts.init(this.canvas, null, { renderer: 'svg' });
    this.keys = [];
    const zr = this.chart.getZr();
    const at = (event) => this.under(event.offsetX, event.offsetY);
    zr.on('click', (event) => { const what = at(event); if (what) choose(what); });
    zr.on('mousemove', (event) => zr.setCursorStyle(at(event) ? 'pointer' : 'default'));
  }

  // What stands under a point of the picture, as choices.
  under(x, y) {
    const size = this.grid();
    if (this.by === 'organ') {
      if (y < size.top || y > size.bottom) return null;
      const key = this.keys[this.chart.convertFromPixel({ yAxisIndex: 0 }, y)];
      return key === undefined ? null : { organ: key };
    }
    if (x < size.left || x > size.right) return null;
    const key = this.keys[this.chart.convertFromPixel({ xAxisIndex: 0 }, x)];
    if (key === undefined) return null;
    if (this.by !== 'cell') return { [this.by]: key };
    if (y >= size.bottom) return { article: key };
    const region = data.regions[this.rows[this.chart.convertFromPixel({ yAxisIndex: 0 }, y)]];
    return region ? { region: region[0], article: key } : null;
  }

  grid() {
    const rect = this.chart.getModel().getComponent('grid').coordinateSystem.getRect();
    return { left: rect.x, right: rect.x + rect.width, top: rect.y, bottom: rect.y + rect.height };
  }

  draw(chosen, selected) {
    const look = colours();
    const draw = this.by === 'cell' ? this.heat : this.bars;
    this.chart.setOption(draw.call(this, chosen, selected, look), true);
  }

  tooltip(look) {
    return {
      confine: true, transitionDuration: 0, backgroundColor: look.ground, borderColor: look.line, padding: [6, 10],
      textStyle: { color: look.ink, fontSize: 13, fontFamily: look.font },
      extraCssText: 'white-space:normal;max-width:22rem', renderMode: 'html',
    };
  }

  axis(look, more) {
    return {
      axisTick: { show: false }, axisLine: { lineStyle: { color: look.line } }, splitLine: { show: false },
      axisLabel: { color: look.soft, fontSize: 12, fontFamily: look.font, ...more },
    };
  }

  bars(chosen, selected, look) {
    const flat = this.by === 'organ';
    const counts = selected.counts[this.by];
    const dimension = DIMENSION[this.by];
    const index = new Map(dimension.keys.map((key, i) => [key, i]));
    const count = (key) => counts[index.get(key)] || [0, 0, 0, 0];
    const size = (key) => count(key)[0] + count(key)[1] + count(key)[2];
    const picked = chosen[this.by] === EMPTY ? '' : chosen[this.by];
    const name = (key) => (index.has(key) ? dimension.name(key, index.get(key)) : key);
    if (this.by === 'article') this.keys = axesOf(chosen.party).articles;
    else if (this.by === 'month') this.keys = MONTHS;
    else {
      const listed = dimension.keys.filter((key) => size(key)).sort((a, b) => size(b) - size(a));
      const unlisted = picked !== undefined && listed.indexOf(picked) >= TOP;
      this.keys = unlisted ? [...listed.slice(0, TOP - 1), picked] : listed.slice(0, TOP);
      const left = listed.length - this.keys.length;
      this.note.textContent = left > 0 ? say('organs_more', { n: TOP, left }) : '';
    }
    const shown = {
      article: (key) => key, organ: name, month: (key) => (/^\d/.test(key) ? key.slice(2) : monthName(key)),
    };
    const wide = Math.round(Math.min(240, this.chart.getWidth() * 0.5)); // the longest names of organs, unless the screen is small
    const label = flat ? { width: wide, overflow: 'truncate' }
      : { hideOverlap: true, interval: this.by === 'article' ? 0 : 'auto' };
    const category = {
      type: 'category', data: this.keys.map((key) => shown[this.by](key)), inverse: flat,
      ...this.axis(look, label),
    };
    const value = {
      type: 'value', minInterval: 1, splitNumber: 3, show: !flat, ...this.axis(look),
      splitLine: { lineStyle: { color: look.line } },
    };
    return {
      animation: false, textStyle: { fontFamily: look.font },
      grid: { left: flat ? wide + 12 : 38, right: flat ? 44 : 8, top: 10, bottom: flat ? 4 : 24, containLabel: false },
      xAxis: flat ? value : category, yAxis: flat ? category : value,
      tooltip: {
        ...this.tooltip(look), trigger: 'axis',
        axisPointer: { type: 'shadow', shadowStyle: { color: look.soft, opacity: 0.08 } },
        formatter: (items) => {
          const key = this.keys[items[0].dataIndex];
          const title = this.by === 'month' ? monthName(key) : name(key);
          const parts = data.types.slice(0, COUNTED).map((type, i) => `${words.types[type]} ${n(count(key)[i])}`);
          return h('div', {}, h('b', {}, title), h('br'), parts.join('　'));
        },
      },
      series: data.types.slice(0, COUNTED).map((type, i) => ({
        type: 'bar', stack: 'all', name: words.types[type], barMaxWidth: 18, barCategoryGap: '28%', cursor: 'pointer',
        emphasis: { disabled: true },
        label: flat && i === COUNTED - 1 ? {
          show: true, position: 'right', color: look.soft, fontSize: 12,
          formatter: (item) => n(size(this.keys[item.dataIndex])),
        } : { show: false },
        data: this.keys.map((key) => ({
          value: count(key)[i],
          itemStyle: { color: look.types[i], opacity: picked !== undefined && picked !== key ? 0.3 : 1 },
        })),
      })),
    };
  }

  heat(chosen, selected, look) {
    const index = new Map(data.articles.map((a, i) => [a[0], i]));
    this.rows = axesOf(chosen.party).regions;
    this.keys = axesOf(chosen.party).articles;
    const cells = [];
    this.rows.forEach((r, y) => this.keys.forEach((key, x) => {
      const value = selected.cells[r][index.get(key)];
      const out = (chosen.article && chosen.article !== key)
        || (chosen.region && (chosen.region === EMPTY ? '' : chosen.region) !== data.regions[r][0]);
      if (value) cells.push({ value: [x, y, value], itemStyle: { opacity: out ? 0.3 : 1 } });
    }));
    const most = Math.max(1, ...cells.map((c) => c.value[2]));
    // By square root: one practice that was found everywhere must not bleach the rest.
    const steps = cells.map(({ value: [x, y, count], itemStyle }) => {
      const depth = Math.sqrt(count / most);
      return { value: [x, y, depth, count], itemStyle, label: { color: depth > 0.6 ? '#fff' : look.ink } };
    });
    const fits = (this.chart.getWidth() - 134) / this.keys.length >= 7 * String(most).length + 4;
    return {
      animation: false, textStyle: { fontFamily: look.font },
      grid: { left: 126, right: 8, top: 10, bottom: 24 },
      xAxis: { type: 'category', data: this.keys, ...this.axis(look, { interval: 0, hideOverlap: true }) },
      yAxis: {
        type: 'category', inverse: true, data: this.rows.map((r) => data.regions[r][1]),
        ...this.axis(look, { width: 116, overflow: 'truncate' }),
      },
      visualMap: { show: false, min: 0, max: 1, dimension: 2, inRange: { color: [look.panel, look.heat] } },
      tooltip: {
        ...this.tooltip(look), trigger: 'item',
        formatter: (item) => {
          const [x, y, , value] = item.value;
          const where = `${data.regions[this.rows[y]][1]} · ${data.articles[index.get(this.keys[x])][1]}`;
          return h('div', {}, h('b', {}, where), h('br'), say('findings_n', { n: value }));
        },
      },
      series: [{
        type: 'heatmap', data: steps, cursor: 'pointer', emphasis: { disabled: true },
        itemStyle: { borderColor: look.ground, borderWidth: 2 },
        label: { show: fits, formatter: (item) => String(item.value[3]), fontSize: 11 },
      }],
    };
  }
}
