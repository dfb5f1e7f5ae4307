// Drives the engine's MCP server with the official SDK's client. URL and KEY in the environment; prints what happened as JSON.
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';

const client = new Client({ name: 'test', version: '1.0.0' });
const failures = [];
client.onerror = (error) => failures.push(error.message);
const headers = { Authorization: `Bearer ${process.env.KEY}` };
await client.connect(new StreamableHTTPClientTransport(new URL(process.env.URL), { requestInit: { headers } }));
await client.ping();
const { tools } = await client.listTools();
const progress = [];
const answer = await client.callTool({ name: 'general', arguments: { message: 'What is it?' } }, undefined, { onprogress: (step) => progress.push(step.message) });
const refused = await client.callTool({ name: 'nobody', arguments: { message: 'What is it?' } }).catch((error) => ({ code: error.code, message: error.message }));
await client.close();
console.log(JSON.stringify({ server: client.getServerVersion().name, tools: tools.map((tool) => tool.name), schema: tools[0].inputSchema, answer, progress, refused, failures }));
