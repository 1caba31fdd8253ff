/** Text in an SVG file. */
export const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => `&#${sign.charCodeAt(0)};`);

/**
 * A picture that can be read on light and on dark paper. Colours by class: `ours` for our rule, `theirs` for others, `s0`
 * to `s7` for secondaries.
 */
export const picture = (
  { width, height, title }: { readonly width: number; readonly height: number; readonly title: string },
  content: string,
): string => `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escaped(title)}">
<style>
svg { color-scheme: light dark; background: #fcfcfb; font: 13px system-ui, sans-serif; }
text { fill: #0b0b0b; }
.quiet { fill: #52514e; }
.title { font-size: 16px; font-weight: 600; }
.grid { stroke: #e3e2de; stroke-width: 1; fill: none; }
.line { fill: none; stroke-width: 2; stroke-linejoin: round; }
.thin { stroke-width: 1.5; }
.ours { --c: #2a78d6; } .theirs { --c: #8a8984; } .bad { --c: #d03b3b; } .good { --c: #008300; }
.line { stroke: var(--c); } .bar, .dot { fill: var(--c); }
@media (prefers-color-scheme: dark) {
svg { background: #1a1a19; }
text { fill: #ffffff; }
.quiet { fill: #c3c2b7; }
.grid { stroke: #383835; }
.ours { --c: #3987e5; } .theirs { --c: #8f8e88; } .bad { --c: #e66767; } .good { --c: #35a135; }
}
</style>
${content}
</svg>
`;

/** Some text at a place. */
export const label = (
  x: number,
  y: number,
  text: string,
  { as = '', anchor = 'start' }: { readonly as?: string; readonly anchor?: 'start' | 'middle' | 'end' } = {},
): string =>
  `<text x="${fixed(x)}" y="${fixed(y)}" text-anchor="${anchor}" class="${as}">${escaped(text)}</text>`;

/** A line through points. */
export const line = (points: readonly (readonly [number, number])[], as: string): string =>
  `<polyline class="line ${as}" points="${points.map(([x, y]) => `${fixed(x)},${fixed(y)}`).join(' ')}"/>`;

/** A line of the grid. */
export const grid = (from: readonly [number, number], to: readonly [number, number]): string =>
  `<path class="grid" d="M${fixed(from[0])} ${fixed(from[1])}L${fixed(to[0])} ${fixed(to[1])}"/>`;

export const fixed = (value: number): string => String(Math.round(value * 10) / 10);
