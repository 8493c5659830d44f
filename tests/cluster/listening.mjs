// Imported before a command: says when it begins to listen to SIGTERM.
import { writeSync } from 'node:fs'

process.on('newListener', signal => {
  if (signal === 'SIGTERM') writeSync(2, 'listening\n')
})
