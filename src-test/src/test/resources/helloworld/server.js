const http = require('http');
const ms = require('ms');

http.createServer((request, response) => {
  console.log(request.method + ' ' + request.url);
  response.end('Hello from a container, for ' + ms(60000, { long: true }) + '\n');
}).listen(3000, () => console.log('listening on 3000'));
