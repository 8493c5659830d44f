/**
 * `npm run bench -- [--only TEXT] [--json FILE] [--markdown FILE] [--profile] [--peers [NAMES]] [--adapter KIND] [--quick]`:
 * how fast compiled programs are, beside what the adapter can do and beside other frameworks. See README.md.
 */
import { bench } from './command.js'

// First runs count the drivers' compilers, not their caches on disk.
process.env.MESA_SHADER_CACHE_DISABLE ??= 'true'
process.env.__GL_SHADER_DISK_CACHE ??= '0'
process.exitCode = await bench(process.argv.slice(2))
