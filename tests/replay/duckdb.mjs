// SPDX-License-Identifier: BSD-2-Clause
// Runs the SQL of a file in a DuckDB of its own and prints each row of its last statement, values separated by blanks.
//
//	node duckdb.mjs FOLDER-WITH-node_modules FILE.sql
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const [folder, file] = process.argv.slice(2);
const { DuckDBInstance } = createRequire(folder + '/x.js')('@duckdb/node-api');
const connection = await (await DuckDBInstance.create(':memory:')).connect();
const reader = await connection.runAndReadAll(readFileSync(file, 'utf8'));
for (const row of reader.getRows())
	console.log(row.map(String).join(' '));
