// SPDX-License-Identifier: BSD-2-Clause
// Runs the SQL of files in a ClickHouse of its own, chDB of npm, and prints the rows of each statement. A file whose name
// ends with .json goes into the table sockstate, as a batch of that name.
//
//	node chdb.mjs FOLDER-WITH-node_modules FILE...
import { createRequire } from 'node:module';
import { readFileSync } from 'node:fs';

const [folder, ...files] = process.argv.slice(2);
const { Session } = createRequire(folder + '/x.js')('chdb');
const session = new Session();
const run = (sql) => process.stdout.write(session.query(sql, 'TabSeparated'));
try {
	run("SET date_time_input_format = 'best_effort', deduplicate_blocks_in_dependent_materialized_views = 1");
	for (const file of files) {
		const text = readFileSync(file, 'utf8');
		if (file.endsWith('.json'))
			run(`INSERT INTO sockstate SETTINGS insert_deduplication_token = '${file}' FORMAT JSONEachRow ${text}`);
		else
			for (const sql of text.replace(/^--.*$/gm, '').split(/;\s*$/m)) if (sql.trim()) run(sql);
	}
} catch (error) {
	console.log(error.message);
	process.exitCode = 1;
}
session.cleanup();
