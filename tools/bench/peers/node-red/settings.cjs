/** Node-RED without its editor, with a pool of connections that the function of the flow writes through. */
const { Pool } = require('pg');

const pool = new Pool({ connectionString: process.env.PEER_DATABASE_URL, max: 10 });

module.exports = {
  userDir: process.env.PEER_DIRECTORY,
  flowFile: `${__dirname}/flow.json`,
  readOnly: true,
  uiHost: '127.0.0.1',
  uiPort: Number(process.env.PEER_UI_PORT),
  httpAdminRoot: false,
  functionGlobalContext: { pool },
  logging: { console: { level: 'warn' } },
};
