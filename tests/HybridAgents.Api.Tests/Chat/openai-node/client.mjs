// Drives a server with OpenAI's own client, unmodified. BASE_URL and KEY in the environment, the scenario as argument; prints what happened as JSON.
import OpenAI, { APIError } from 'openai';

const client = new OpenAI({ baseURL: process.env.BASE_URL, apiKey: process.env.KEY, maxRetries: 0, timeout: 20_000 });
const ask = { model: 'gpt-4o', messages: [{ role: 'user', content: 'hello' }] };
const tools = [{ type: 'function', function: { name: 'look_up', parameters: { type: 'object', properties: { q: { type: 'string' } } } } }];

const scenarios = {
  async complete() {
    const { data, response, request_id } = await client.chat.completions.create(ask).withResponse();
    return { text: data.choices[0].message.content, reason: data.choices[0].finish_reason, tokens: data.usage.total_tokens, status: response.status, requestId: request_id };
  },

  async stream() {
    const seen = { text: '', ids: [], reasons: [], tokens: null };
    for await (const chunk of await client.chat.completions.create({ ...ask, stream: true, stream_options: { include_usage: true } })) {
      seen.ids.push(chunk.id);
      seen.text += chunk.choices[0]?.delta.content ?? '';
      if (chunk.choices[0]?.finish_reason) seen.reasons.push(chunk.choices[0].finish_reason);
      if (chunk.usage) seen.tokens = chunk.usage.total_tokens;
    }
    return { ...seen, ids: [...new Set(seen.ids)].length };
  },

  // The client's own accumulator, which refuses chunks that do not fit together.
  async accumulate() {
    const stream = client.chat.completions.stream({ ...ask, tools });
    const message = await stream.finalMessage();
    return { role: message.role, calls: message.tool_calls.map((call) => ({ name: call.function.name, arguments: call.function.arguments })) };
  },

  // Its accumulator again, with two answers at once.
  async choices() {
    const completion = await client.chat.completions.stream({ ...ask, n: 2 }).finalChatCompletion();
    return { texts: completion.choices.map((choice) => choice.message.content), reasons: completion.choices.map((choice) => choice.finish_reason) };
  },

  async image() {
    const content = [{ type: 'text', text: 'What is this?' }, { type: 'image_url', image_url: { url: 'data:image/png;base64,iVBORw0KGgo=' } }];
    const completion = await client.chat.completions.create({ ...ask, messages: [{ role: 'user', content }], routing_preferences: { allow_cloud_private: true } });
    return { text: completion.choices[0].message.content };
  },

  async respond() {
    const response = await client.responses.create({ model: 'gpt-4o', input: 'hello' });
    return { text: response.output_text, status: response.status, tokens: response.usage.total_tokens };
  },

  // Streamed, with the client's accumulator; the second response answers the first one's call.
  async respondToTools() {
    const look_up = { type: 'function', name: 'look_up', strict: false, parameters: { type: 'object', properties: { q: { type: 'string' } } } };
    const first = await client.responses.stream({ model: 'gpt-4o', input: 'hello', tools: [look_up] }).finalResponse();
    const call = first.output.find((item) => item.type === 'function_call');
    const input = [{ type: 'function_call_output', call_id: call.call_id, output: 'found' }];
    const second = await client.responses.stream({ model: 'gpt-4o', previous_response_id: first.id, input, tools: [look_up] }).finalResponse();
    return { arguments: call.arguments, text: second.output[0].content[0].text };
  },

  async respondLater() {
    const begun = await client.responses.create({ model: 'gpt-4o', input: 'hello', background: true });
    const numbers = [];
    let last = null;
    for await (const event of await client.responses.retrieve(begun.id, { stream: true, starting_after: 1 })) {
      numbers.push(event.sequence_number);
      last = event.type;
    }
    const cancelled = await client.responses.cancel(begun.id);
    return { first: numbers[0], last, cancelled: cancelled.status };
  },

  async models() {
    const ids = [];
    for await (const model of client.models.list()) ids.push(model.id);
    const one = await client.models.retrieve(ids[0]);
    return { ids, one: one.id, object: one.object };
  },
};

const tell = (error) => ({
  error: error.constructor.name, status: error.status ?? null, code: error.code ?? null, type: error.type ?? null, param: error.param ?? null, api: error instanceof APIError,
});

const failing = {
  unknownModel: () => client.chat.completions.create({ ...ask, model: 'gpt-99' }),
  badField: () => client.chat.completions.create({ ...ask, temperature: 9 }),
  unknownKey: () => new OpenAI({ baseURL: process.env.BASE_URL, apiKey: 'sk-wrong', maxRetries: 0 }).chat.completions.create(ask),
  refused: () => client.chat.completions.create(ask),
  brokenStream: scenarios.stream,
};

const name = process.argv[2];
const result = scenarios[name] ? await scenarios[name]() : await failing[name]().then(() => ({ error: null }), tell);
console.log(JSON.stringify(result));
