/** `facet new DIR`: a project with a model, its bundle, a program for Node, a page and a test. */
import type { Command } from 'commander'
import { created } from './create.js'

export function register(program: Command): void {
  program
    .command('new')
    .summary('make a project: a model, its bundle, a program for Node, a page and a test')
    .description(
      'Writes a typed project into DIR, whose name becomes that of the project: model, bundle, a program for Node, a page with a development server, a test. Nothing is installed; what to type next is said.',
    )
    .argument('<dir>', 'a folder that is empty or not there')
    .action((folder: string) => void process.stdout.write(created(folder)))
}
