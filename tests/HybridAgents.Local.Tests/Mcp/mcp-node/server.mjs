// A server with the official SDK. `stdio`, or `http PORT` (0 for any; prints the port). SIGNALS in the environment is an address that hears what happens.
import { createServer } from 'node:http';
import { randomUUID } from 'node:crypto';
import { McpServer } from '@modelcontextprotocol/sdk/server/mcp.js';
import { StdioServerTransport } from '@modelcontextprotocol/sdk/server/stdio.js';
import { StreamableHTTPServerTransport } from '@modelcontextprotocol/sdk/server/streamableHttp.js';
import { z } from 'zod';

const signal = (what) => (process.env.SIGNALS ? fetch(`${process.env.SIGNALS}/${what}`) : Promise.resolve());
const text = (value) => ({ content: [{ type: 'text', text: value }] });

function build() {
  const server = new McpServer({ name: 'notes', version: '1.0.0' });
  const tool = (name, config, run) => server.registerTool(name, { description: `The tool ${name}.`, ...config }, run);
  tool('echo', { inputSchema: { text: z.string().max(100) }, annotations: { readOnlyHint: true } }, ({ text: value }) => text(`echo: ${value}`));
  tool('Add-Note', { inputSchema: { text: z.string() } }, async ({ text: value }) => {
    await signal(`noted/${value}`);
    return text('Noted.');
  });
  tool('fail', { annotations: { readOnlyHint: true } }, () => ({ ...text('No such note.'), isError: true }));
  tool('environment', { annotations: { readOnlyHint: true } }, () => text(Object.keys(process.env).sort().join(' ')));
  tool('big', { inputSchema: { length: z.number() }, annotations: { readOnlyHint: true } }, ({ length }) => text('x'.repeat(length)));
  tool('grow', { annotations: { readOnlyHint: true } }, () => {
    tool('late', { annotations: { readOnlyHint: true } }, () => text('late but here'));
    return text('grown');
  });
  tool('slow', {}, async ({ signal: cancelled }) => {
    await signal('started');
    await new Promise((resolve) => cancelled.addEventListener('abort', resolve));
    await signal('cancelled');
    return text('never');
  });
  tool('die', {}, () => process.exit(1));
  return server;
}

async function serve(port) {
  const sessions = new Map();
  const http = createServer(async (request, response) => {
    signal(`${request.method}/${request.headers.authorization ?? 'anonymous'}`);
    let transport = sessions.get(request.headers['mcp-session-id']);
    if (!transport && request.headers['mcp-session-id']) {
      response.writeHead(404, { 'content-type': 'application/json' });
      return response.end('{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"},"id":null}');
    }
    if (!transport) {
      transport = new StreamableHTTPServerTransport({ sessionIdGenerator: randomUUID, onsessioninitialized: (id) => sessions.set(id, transport) });
      await build().connect(transport);
    }
    await transport.handleRequest(request, response);
  });
  http.listen(port, '127.0.0.1', () => console.log(http.address().port));
}

if (process.argv[2] === 'http') await serve(Number(process.argv[3]));
else await build().connect(new StdioServerTransport());
