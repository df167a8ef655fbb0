// Small tools: packed data, elements, words and numbers.

function unpack(id) {
  const text = atob(document.getElementById(id).textContent);
  const bytes = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
  return new TextDecoder().decode(fflate.unzlibSync(bytes));
}

const data = JSON.parse(unpack('index'));
const words = data.words;

// The only way in which text enters the page: as text.
function h(tag, attributes, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes || {})) {
    if (value === false || value === undefined) continue;
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((c) => c !== null && c !== undefined && c !== false && c !== ''));
  return element;
}

const n = (number) => number.toLocaleString('en-US');

function say(name, values) {
  return words[name].replace(/\{(\w+)\}/g, (_, key) => (typeof values[key] === 'number' ? n(values[key]) : values[key]));
}

const bracketed = (text) => (data.lang === 'zh' ? `（${text}）` : ` (${text})`);
