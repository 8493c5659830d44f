#!/usr/bin/env node
// The same as `facet new`, without the command line and what it needs.
import { main } from 'facet-tensor/create'

process.exitCode = main(process.argv.slice(2))
