/**
 * The words that pictures of the guide are drawn with. A picture is an SVG file that has its own colours for light and dark, so
 * that it reads the same on the site, on a repository's page and alone.
 */

const STYLE = `svg{color-scheme:light dark;--ink:#1f2530;--soft:#8b93a3;--line:#c9ced8;--copy:#c2410c;--also:#1d6fb8;--paper:#ffffff}
@media(prefers-color-scheme:dark){svg{--ink:#e7eaf0;--soft:#8d96a8;--line:#3b4352;--copy:#fb923c;--also:#5ab0f5;--paper:#151920}}
text{font:12px system-ui,sans-serif;fill:var(--ink)}.soft{fill:var(--soft)}.clean{fill:var(--soft)}.copy{fill:var(--copy);fill-opacity:.75}
.also{fill:var(--also)}.hollow{fill:none;stroke:var(--ink);stroke-width:1.5}.line{stroke:var(--line);fill:none}.move{stroke:var(--copy);stroke-opacity:.35;fill:none}
.cell{stroke:var(--line);stroke-width:.5}`

/** A whole file. `title` is what is read aloud. */
export const svg = (title: string, width: number, height: number, parts: readonly string[], style = STYLE): string =>
  `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img"><title>${title}</title><style>${style}</style>
${parts.join('\n')}
</svg>
`

/** One digit after the point: what an eye sees, and the same on every machine. */
const short = (value: number): string => `${Math.round(value * 10) / 10 || 0}`
export const circle = (kind: string, x: number, y: number, r: number): string =>
  `<circle class="${kind}" cx="${short(x)}" cy="${short(y)}" r="${r}"/>`
export const line = (kind: string, x1: number, y1: number, x2: number, y2: number): string =>
  `<path class="${kind}" d="M${short(x1)} ${short(y1)}L${short(x2)} ${short(y2)}"/>`
export const text = (x: number, y: number, words: string, kind = ''): string =>
  `<text x="${short(x)}" y="${short(y)}"${kind && ` class="${kind}"`}>${words}</text>`
/** Squares whose colour is their value: blue above zero, orange below, from nothing at zero in ten shades up to one. */
export function cells(side: number, squares: readonly (readonly [x: number, y: number, value: number])[]): string {
  const shades = new Map<number, string>()
  for (const [x, y, value] of squares) {
    const shade = Math.max(-10, Math.min(10, Math.round(10 * value) || 0))
    shades.set(shade, `${shades.get(shade) ?? ''}M${short(x)} ${short(y)}h${side}v${side}h-${side}z`)
  }
  return [...shades]
    .sort(([a], [b]) => a - b)
    .map(
      ([shade, path]) =>
        `<path class="cell ${shade < 0 ? 'copy' : 'also'}" style="fill-opacity:${Math.abs(shade) / 10}" d="${path}"/>`,
    )
    .join('\n')
}
