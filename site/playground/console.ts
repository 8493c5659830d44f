/** What a program writes to the console, as lines of text. */
const MOST = 8

/** Hands every line on, and lets the console have it, too. */
export function reportConsole(report: (text: string) => void): void {
  for (const kind of ['log', 'info', 'warn', 'error'] as const) {
    const write = console[kind].bind(console)
    console[kind] = (...values: unknown[]) => {
      report(values.map(value => (typeof value === 'string' ? value : shown(value))).join(' '))
      // An error of the program is none of the page.
      if (kind !== 'error') write(...values)
    }
  }
}

/** A value on one line: of arrays the first numbers, of records what JSON would have. */
export function shown(value: unknown): string {
  if (typeof value === 'number') return Number.isInteger(value) ? `${value}` : value.toPrecision(5)
  if (ArrayBuffer.isView(value) && !(value instanceof DataView)) {
    const numbers = [...(value as unknown as ArrayLike<number | bigint> & Iterable<number | bigint>)]
    const more = numbers.length > MOST ? `, ... ${numbers.length} in all` : ''
    return `${value.constructor.name} [${numbers.slice(0, MOST).map(shown).join(', ')}${more}]`
  }
  if (Array.isArray(value))
    return `[${value.slice(0, MOST).map(shown).join(', ')}${value.length > MOST ? `, ... ${value.length} in all` : ''}]`
  if (value instanceof Error) return `${value.name}: ${value.message}`
  if (typeof value !== 'object' || value === null) return String(value)
  const fields = Object.entries(value)
  return `{ ${fields
    .slice(0, MOST)
    .map(
      ([name, field]) =>
        `${name}: ${typeof field === 'object' && field !== null && !ArrayBuffer.isView(field) ? '...' : shown(field)}`,
    )
    .join(', ')}${fields.length > MOST ? ', ...' : ''} }`
}
