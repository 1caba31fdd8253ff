/** What a badge says, on its left and right half; both are words of ours and figures, never text from outside. */
export interface Badge {
  readonly label: string;
  readonly value: string;
  readonly tone: 'fine' | 'watch' | 'trouble';
}

/** Dark enough for white letters (WCAG AA). */
const FILL = { fine: '#2f7d32', watch: '#8a5a00', trouble: '#b3261e' } as const;

/** A letter of 11 px Verdana, about. */
const LETTER = 6.7;
const MARGIN = 12;

const widthOf = (text: string): number => Math.round(text.length * LETTER + MARGIN);

/** A badge as README pages show them, an SVG that loads nothing. */
export const badge = ({ label, value, tone }: Badge): string => {
  const left = widthOf(label);
  const whole = left + widthOf(value);
  const words = `${label}: ${value}`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${whole}" height="20" role="img" aria-label="${words}">` +
    `<title>${words}</title><clipPath id="r"><rect width="${whole}" height="20" rx="3"/></clipPath>` +
    `<g clip-path="url(#r)"><rect width="${left}" height="20" fill="#444"/>` +
    `<rect x="${left}" width="${whole - left}" height="20" fill="${FILL[tone]}"/></g>` +
    `<g fill="#fff" text-anchor="middle" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11">` +
    `<text x="${left / 2}" y="14">${label}</text><text x="${(left + whole) / 2}" y="14">${value}</text></g></svg>\n`
  );
};

/** Digits that a counter shows at least. */
const FEWEST_DIGITS = 7;
const TILE = 17;

/** A hit counter as home pages had them: white digits on black tiles. */
export const hitCounter = (hits: number): string => {
  const digits = String(Math.max(0, Math.floor(hits))).padStart(FEWEST_DIGITS, '0');
  const width = digits.length * TILE + 3;
  const words = `${Math.floor(hits)} visitors`;
  const tiles = Array.from(
    digits,
    (digit, at) =>
      `<rect x="${at * TILE + 2}" y="2" width="${TILE - 1}" height="22" fill="#111"/>` +
      `<text x="${at * TILE + 10}" y="19">${digit}</text>`,
  ).join('');
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="26" role="img" aria-label="${words}">` +
    `<title>${words}</title><rect width="${width}" height="26" fill="#7a7a7a"/>` +
    `<g fill="#fff" text-anchor="middle" font-family="Courier New,Liberation Mono,monospace" font-weight="bold" font-size="18">` +
    `${tiles}</g></svg>\n`
  );
};
