// Lists texts of the page that are hard to read on what is behind them.
const LEAST = 4.5;

function parse(color) {
  const [r, g, b, a = 1] = color.match(/[\d.]+/g).map(Number);
  return { r, g, b, a };
}

function over(front, back) {
  const mix = (f, b) => f * front.a + b * (1 - front.a);
  return { r: mix(front.r, back.r), g: mix(front.g, back.g), b: mix(front.b, back.b), a: 1 };
}

function luminance({ r, g, b }) {
  const [red, green, blue] = [r, g, b].map((part) => {
    const share = part / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

// What is behind the text of an element, down to the ground of the browser.
function ground(element) {
  const canvas = matchMedia('(prefers-color-scheme: dark)').matches ? 18 : 255;
  const layers = [];
  for (let at = element; at; at = at.parentElement) {
    layers.push(parse(getComputedStyle(at).backgroundColor));
  }
  return layers.reduceRight((back, front) => over(front, back), { r: canvas, g: canvas, b: canvas, a: 1 });
}

function opacity(element) {
  let product = 1;
  for (let at = element; at; at = at.parentElement) product *= getComputedStyle(at).opacity;
  return product;
}

const hard = [];
function judge(element, style, text) {
  const back = ground(element);
  const color = parse(element instanceof SVGElement ? style.fill : style.color);
  const seen = over({ ...color, a: color.a * opacity(element) }, back);
  const ratio = contrast(seen, back);
  if (ratio < LEAST) hard.push(`${ratio.toFixed(2)} <${element.tagName} class="${element.getAttribute('class') ?? ''}"> ${text.trim().slice(0, 40)}`);
}

const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
while (walker.nextNode()) {
  const { parentElement, textContent } = walker.currentNode;
  const isShown = parentElement.getClientRects().length > 0;
  if (textContent.trim() && isShown) judge(parentElement, getComputedStyle(parentElement), textContent);
}
for (const field of document.querySelectorAll('input, textarea, select')) {
  if (field.type === 'hidden' || field.type === 'checkbox') continue;
  judge(field, getComputedStyle(field), field.value || 'a value');
  if (field.placeholder) judge(field, getComputedStyle(field, '::placeholder'), field.placeholder);
}
return hard;
