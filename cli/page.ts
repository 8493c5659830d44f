/**
 * What pages of results are made of: one self-contained HTML document, readable in light and dark, with nothing loaded from
 * anywhere. Every function gives HTML text; text of the user is escaped here.
 */

/** The document around what `main` holds. `style`: its style sheet. */
export const htmlDocument = (title: string, style: string, main: string): string =>
  `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${escaped(title)}</title>
<style>${style}</style>
</head>
<body>
<main>
${main}
</main>
</body>
</html>
`

/** The whole document. Sections that are nothing are left out. */
export const page = (title: string, summary: string, sections: readonly (string | false | undefined)[]): string =>
  htmlDocument(
    title,
    stylesheet,
    `<header>
<h1>${escaped(title)}</h1>
<p>${escaped(summary)}</p>
</header>
${sections.filter(Boolean).join('\n')}`,
  )

/** A part of the page: a heading, a paragraph, and what is drawn. */
export const section = (title: string, text: string, body: string): string =>
  `<section><h2>${escaped(title)}</h2>${text && `<p>${escaped(text)}</p>`}${body}</section>`
export const figure = (caption: string, body: string): string =>
  `<figure><figcaption>${escaped(caption)}</figcaption>${body}</figure>`
export const legend = (entries: readonly (readonly [string, string])[]): string =>
  `<ul class="legend">${entries.map(([colour, name]) => `<li><i style="background:${colour}"></i>${escaped(name)}</li>`).join('')}</ul>`

export const grid = (figures: readonly string[], small = false): string =>
  `<div class="grid${small ? ' small' : ''}">${figures.join('')}</div>`
/** Names and values. */
export const definitions = (rows: readonly (readonly [string, string])[]): string =>
  `<dl>${rows.map(([name, value]) => `<div><dt>${escaped(name)}</dt><dd>${escaped(value)}</dd></div>`).join('')}</dl>`
/** Rows of HTML below a head of HTML. */
export const table = (head: string, rows: readonly string[]): string =>
  `<div class="wide"><table>\n<thead>${head}</thead>\n<tbody>${rows.join('\n')}</tbody>\n</table></div>`

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
export const escaped = (text: string): string => text.replace(/[&<>"]/g, character => entities[character]!)
export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`
export function duration(seconds: number): string {
  const whole = Math.round(seconds)
  return whole < 60 ? `${whole} s` : `${Math.floor(whole / 60)} min ${whole % 60} s`
}

const stylesheet = `
:root { --page: #fdfdfc; --panel: #ffffff; --ink: #1c1d1f; --soft: #5d6168; --line: #e3e3df; --plain: #7a8190; --augmented: #0b7a75; --up: #0b7a3b; --down: #b3392f;
--class-0: #4269d0; --class-1: #d99a00; --class-2: #ff725c; --class-3: #37a89a; --class-4: #3ca951; --class-5: #ff8ab7; --class-6: #a463f2; --class-7: #4fb0e8; --class-8: #9c6b4e; --class-9: #8a8f98; }
@media (prefers-color-scheme: dark) { :root { --page: #16181b; --panel: #1d2024; --ink: #e8e8e5; --soft: #a2a7af; --line: #32363c; --plain: #9aa2b1; --augmented: #3ccfc4; --up: #5fd08a; --down: #f0857b;
--class-0: #7d9bf5; --class-1: #efb118; --class-3: #6cc5b0; --class-6: #bb8af8; --class-7: #97bbf5; --class-8: #c09275; --class-9: #b6bac1; } }
* { box-sizing: border-box }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.55 system-ui, -apple-system, "Segoe UI", sans-serif }
main { max-width: 1160px; margin: 0 auto; padding: 40px 24px 80px }
h1 { font-size: 30px; line-height: 1.2; letter-spacing: -.015em; margin: 0 0 12px }
h2 { font-size: 19px; margin: 48px 0 6px }
p { margin: 0 0 16px; max-width: 70ch; color: var(--soft) }
header p { font-size: 17px; color: var(--ink) }
.grid { margin-bottom: 14px; display: grid; grid-template-columns: repeat(auto-fit, minmax(min(100%, 400px), 1fr)); gap: 16px }
.grid.small { grid-template-columns: repeat(auto-fill, minmax(min(100%, 230px), 1fr)) }
figure { margin: 0; padding: 14px 16px 10px; background: var(--panel); border: 1px solid var(--line); border-radius: 10px }
figcaption { font-weight: 600; font-size: 14px; margin-bottom: 8px }
svg { display: block; width: 100%; max-width: 600px; height: auto; color: var(--ink) }
.wide { overflow-x: auto; margin-top: 20px }
table { border-collapse: collapse; width: 100%; font-size: 15px; font-variant-numeric: tabular-nums; white-space: nowrap }
th, td { padding: 7px 10px; text-align: right; border-bottom: 1px solid var(--line) }
thead th { font-weight: 500; color: var(--soft); font-size: 13px; vertical-align: bottom }
thead th[colspan] { text-align: center }
th:first-child, th:nth-child(2), td.text, th.text { text-align: left }
thead tr + tr th { text-align: right }
.strong { font-weight: 650 }
.up { color: var(--up) }
.down { color: var(--down) }
i { display: inline-block; width: 10px; height: 10px; border-radius: 50%; margin-right: 8px }
.legend { list-style: none; display: flex; flex-wrap: wrap; gap: 4px 18px; padding: 0; margin: 0 0 14px; font-size: 14px; color: var(--soft) }
.wrap { white-space: normal; min-width: 280px }
.wrap small { display: block; font-weight: 400; color: var(--soft) }
small { color: var(--soft) }
details { margin-top: 16px }
summary { cursor: pointer; font-size: 15px }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 300px), 1fr)); gap: 0 32px; margin: 12px 0 0 }
dl div { display: flex; justify-content: space-between; gap: 16px; padding: 6px 0; border-bottom: 1px solid var(--line); font-size: 15px }
dt { color: var(--soft) }
dd { margin: 0; text-align: right; overflow-wrap: anywhere }
.pictures td { text-align: left; padding: 5px 10px }
.views { display: block; image-rendering: pixelated; border-radius: 4px }
.pictures img { display: block; border-radius: 4px; image-rendering: pixelated; max-width: none }
@media print { body { background: #fff } figure { break-inside: avoid } }
`
