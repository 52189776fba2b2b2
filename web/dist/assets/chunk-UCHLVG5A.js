var $=/^\s*(#.*)?$/;function f(r,l){let e=null,i=l;for(let n=l+1;n<r.length;n+=1){let t=r[n];if(!$.test(t)){if(e??(e=/^(\s*)- /.exec(t)?.[1]??null),e===null||!(t.startsWith(`${e} `)||t.startsWith(`${e}- `)))break;i=n}}return e===null?null:{last:i,indent:e}}function g(r,l,e,i){let n=r.replace(/\n+$/,"").split(`
`);n.length===1&&n[0]===""&&n.pop();let t=n.findIndex(s=>s.startsWith(`${l}:`)),u=(s,o)=>(n.splice(s,0,...e.map(a=>`${o}${a}`)),{text:`${n.join(`
`)}
`,line:s+1});if(t<0)return n.push(`${l}:`),u(n.length,"  ");let c=n[t].slice(l.length+1);if($.test(c)){let s=f(n,t);if(s!==null)return u(s.last+1,s.indent);let o=n.slice(t+1).find(a=>!$.test(a));return o===void 0||/^\S/.test(o)?u(t+1,"  "):null}if(/^\s*(?:\[\s*\]|~|null)\s*(#.*)?$/.test(c))return n[t]=`${l}:`,u(t+1,"  ");let d=/^(\s*\[.*\S)\s*\](\s*(?:#.*)?)$/.exec(c);return d===null?null:(n[t]=`${l}:${d[1]}, ${i}]${d[2]}`,{text:`${n.join(`
`)}
`,line:t+1})}export{g as a};
