/** Tables of expressions by lists of numbers: how equal ones become one object. */
import type { Expression } from './expression.js'

/** What lists of numbers stand for, a map per number. Lists of one table have one length. */
export type Table = Map<number, Table | Expression>
export const level = (table: Table, key: number): Table => {
  const known = table.get(key) as Table | undefined
  if (known) return known
  const made: Table = new Map()
  table.set(key, made)
  return made
}
/** The entry that is there, else `e`, which then is. */
export const entry = (table: Table, key: number, e: Expression): Expression => {
  const known = table.get(key) as Expression | undefined
  if (known) return known
  table.set(key, e)
  return e
}
