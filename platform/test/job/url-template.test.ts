import assert from 'node:assert/strict';
import { UrlTemplate } from '../../src/job/url-template.js';

describe('the URL of functions', () => {
  const good: readonly [template: string, name: string, shown: string][] = [
    ['http://localhost:8000/statefun', 'greeter', 'http://localhost:8000/statefun'],
    ['http://functions', 'greeter', 'http://functions:80/'],
    ['https://f.example.com/a?code=1', 'greeter', 'https://f.example.com:443/a?code=1'],
    ['http://f:8000/{function.name}', 'greeter', 'http://f:8000/greeter'],
    ['http://f:8000/{function.name}/{function.name}', 'a', 'http://f:8000/a/a'],
    ['http://f:8000/fn?name={function.name}', 'a b&c', 'http://f:8000/fn?name=a%20b%26c'],
    ['http://f:8000/{function.name}', 'a/../../b', 'http://f:8000/a%2F..%2F..%2Fb'],
    ['http://f:8000/{function.name}', 'é?#', 'http://f:8000/%C3%A9%3F%23'],
    ['http://{function.name}.svc:8000/', 'Greeter', 'http://greeter.svc:8000/'],
    ['http://[::1]:8000/', 'a', 'http://[::1]:8000/'],
    ['http://0x7f.1:8000/', 'a', 'http://127.0.0.1:8000/'],
    ['http+unix:///run/f.sock/statefun', 'a', 'http+unix:///run/f.sock/statefun'],
    ['https+unix:///run/f.sock', 'a', 'https+unix:///run/f.sock/'],
    ['http+unix:///run/f.sock/{function.name}', 'a', 'http+unix:///run/f.sock/a'],
  ];
  for (const [template, name, shown] of good) {
    it(`${template} of ${name} is ${shown}`, () => {
      assert.equal(new UrlTemplate(template).target(name).shown, shown);
    });
  }

  const bad: readonly [template: string, message: RegExp][] = [
    ['functions:8000', /called by http, https/],
    ['localhost', /is no URL/],
    ['ftp://f/', /called by http, https, http\+unix or https\+unix, not by ftp:/],
    ['http://user:secret@f/', /^RangeError: a URL with a name and a password/],
    ['http://f/{function.nam}', /\{function\.nam\} stands for nothing; \{function\.name\} is the one placeholder/],
    ['http://f/a}', /\} stands for nothing/],
    ['http://f:99999/', /is no URL/],
    ['http://[::1/x', /is no URL/],
    ['http://f/#there', /behind # is never sent/],
    ['http://{function.name}/', /cannot be the whole host/],
    ['http://f:{function.name}/', /is no URL/],
    ['http+unix:///run/f/statefun', /its file ends in \.sock/],
    ['http+unix:///run/{function.name}.sock/', /cannot name a socket/],
  ];
  for (const [template, message] of bad) {
    it(`${template} is refused`, () => {
      assert.throws(() => new UrlTemplate(template), message);
    });
  }

  const names: readonly [template: string, name: string][] = [
    ['http://f/a/{function.name}', '..'],
    ['http://f/a/{function.name}', '.'],
    ['http://f/a/{function.name}', ''],
    ['http://{function.name}.f/', 'evil.example.com/'],
    ['http://{function.name}.f/', 'a.b'],
    ['http://{function.name}.f/', 'a:80@b'],
  ];
  for (const [template, name] of names) {
    it(`${template} refuses the name ${JSON.stringify(name)}`, () => {
      assert.throws(() => new UrlTemplate(template).target(name), RangeError);
    });
  }

  it('gives the same target for the same name, and forgets none of few', () => {
    const template = new UrlTemplate('http://f/{function.name}');
    assert.equal(template.target('a'), template.target('a'));
    assert.notEqual(template.target('a'), template.target('b'));
    const one = new UrlTemplate('http://f/all');
    assert.equal(one.target('a'), one.target('b'));
  });
});
