var T,gn,St,oe,xt,Fe,vn,Ie,bn,Mt,kt,ba,Me=Symbol.for("pv"),He={},je=[],ya=/^m(i|n|o|s|text|space)$/,$t=Array.isArray,Et=je.slice,ce=Object.assign;function ue(t){t&&t.parentNode&&t.remove()}function yn(t,e,n){var r,a,o,s={},i=arguments.length;for(o in e)o=="key"?r=e[o]:o=="ref"&&typeof t!="function"?a=e[o]:s[o]=e[o];return i>2&&(s.children=i>3?Et.call(arguments,2):n),Se(t,s,r,a,null)}function Se(t,e,n,r,a){var o={type:t,props:e,key:n,ref:r,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Me,__v:a||++gn,__i:-1,__u:0};return!a&&T.vnode&&T.vnode(o),o}function L(t){return t.children}function he(t,e){this.props=t,this.context=e,this.__g=0}function se(t,e){if(e==null)return t.__&&se(t.__,t.__i+1);for(var n;e<t.__k.length;e++)if((n=t.__k[e])&&n.__e)return n.__e;return typeof t.type!="function"||t.props.__P?null:se(t)}function wa(t){var e,n=t.__v,r=n.__e,a=[],o=[],s=t.__P;s&&((e=ce({constructor:Me},n)).__v=n.__v+1,T.vnode&&T.vnode(e),Ct(s,e,n,t.__n,s.namespaceURI,32&n.__u?[r]:null,a,r||se(n),32&n.__u,o),e.__v=n.__v,e.__.__k[e.__i]=e,Mn(a,e,o),n.__=n.__e=null,e.__e!=r&&wn(e))}function wn(t){if((t=t.__)&&t.__c&&!t.props.__P)return t.__e=null,t.__k.some(function(e){return e&&(t.__e=e.__e)}),wn(t)}function hn(t){(8&t.__g||(t.__g|=8,oe.push(t),Fe++))&&xt==T.debounceRendering||((xt=T.debounceRendering)||queueMicrotask)(_n)}function _n(){try{for(var t,e=1;oe.length;)oe.length>e&&oe.sort(vn),t=oe.shift(),e=oe.length,8&t.__g&&wa(t)}finally{(Fe=oe.length)&&(xt||queueMicrotask)(_n)}}function xn(t,e,n,r,a,o,s,i,u,c,p){var h,d,m,g,v,f,b=r.__k||je,_=e.length;for(u=_a(n,e,b,u,_),h=0;h<_;h++)(m=n.__k[h])!=null&&(d=~m.__i&&b[m.__i]||He,m.__i=h,f=Ct(t,m,d,a,o,s,i,u,c,p),g=m.__e,(d.ref!=m.ref||8&d.__u)&&(d.ref&&Tt(d.ref,null,m,d),m.ref&&p.push(m.ref,m.__c||g,m)),v=v||g,4&m.__u?(u=kn(m,u,t,!d.__v),d.__e&&(d.__e=null)):typeof m.type=="function"&&f!==void 0?u=f:g&&(u=g.nextSibling),m.__u&=-21);return n.__e=v,u}function _a(t,e,n,r,a){var o,s,i,u,c,p,h,d,m,g=n.length,v=g,f=0,b=0,_=t.__k=Array(a);for(o=0;o<a;o++)(s=e[o])!=null&&typeof s!="boolean"&&typeof s!="function"?(typeof s!="object"||s.constructor===String?s=_[o]=Se(null,s):$t(s)?s=_[o]=Se(L,{children:s}):s.constructor===Me&&s.__b?s=_[o]=Se(s.type,s.props,s.key,s.ref,s.__v):_[o]=s,u=o+f,s.__=t,s.__b=t.__b+1,i=null,~(c=s.__i=xa(s,n,u,v))&&(v--,(i=n[c])&&(i.__u|=2)),i&&i.__v?(s.__u|=16,c==u-1?f--:c==u+1?f++:c!=u&&(c>u?f--:f++,b=1)):(~c||(a>g?f--:a<g&&f++),typeof s.type!="function"&&(s.__u|=4))):_[o]=null;if(b){for(p=[],h=[],o=0;o<a;o++)if((s=_[o])&&16&s.__u){for(f=0,d=p.length;f<d;)p[m=f+d>>1]<s.__i?f=m+1:d=m;p[f]=s.__i,h[o]=f+1}for(f=p.length;o--;)h[o]&&(h[o]==f?f--:_[o].__u|=4)}if(v)for(o=0;o<g;o++)!(i=n[o])||2&i.__u||(i.__e==r&&(r=se(i)),Nt(i,i));return r}function kn(t,e,n,r){var a,o,s,i;if(typeof t.type=="function"){if(t.props.__P)return e;if(a=t.__k)for(o=0;o<a.length;o++)a[o]&&(a[o].__=t,e=kn(a[o],e,n,!1));return e}for(e&&!e.parentNode&&(e=se(t))&&!e.parentNode&&(e=null),s=t.__e,i=e;i&&i.nodeType==8;)i=i.nextSibling;for(s!=i&&(!r&&n.moveBefore&&s.parentNode?n.moveBefore(s,e):n.insertBefore(s,e||null)),e=s;(e=e&&e.nextSibling)&&e.nodeType==8&&!e.data.startsWith("$s"););return e}function xa(t,e,n,r){var a,o=t.key,s=t.type,i=e[n],u=i&&!(2&i.__u);if(i===null&&o==null||u&&o==i.key&&s==i.type)return n;if(r>(u?1:0)){for(a=n-1;a>=0;a--)if((i=e[a])&&!(2&i.__u)&&o==i.key&&s==i.type)return a;for(a=n+1;a<e.length;a++)if((i=e[a])&&!(2&i.__u)&&o==i.key&&s==i.type)return a}return-1}function fn(t,e,n){n==null&&(n=""),e[0]=="-"?t.setProperty(e,n):t[e]=n}function Ge(t,e,n,r,a){var o,s;if(e=="style")if(typeof n=="string")t.style.cssText=n;else{if(typeof r=="string"&&(t.style.cssText=r=""),r)for(e in r)n&&e in n||fn(t.style,e);if(n)for(e in n)r&&n[e]==r[e]||fn(t.style,e,n[e])}else if(e[0]=="o"&&e[1]=="n")typeof n!="function"&&(n=null),typeof r!="function"&&(r=null),(t.__e||(t.__e={}))[e]=n,n&&r||(s=kt[e]||(kt[e]=ka(e)),(t.__a||(t.__a={}))[e]=Mt,o=e!=(e=e.replace(bn,"$1")),(e=e.slice(2))[0]<"a"&&(e=e.toLowerCase()),n?t.addEventListener(e,s,o):t.removeEventListener(e,s,o));else{if(a=="http://www.w3.org/2000/svg")e=e.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(e!="width"&&e!="height"&&e!="href"&&e!="list"&&e!="form"&&e!="tabIndex"&&e!="download"&&e!="rowSpan"&&e!="colSpan"&&e!="role"&&e!="popover"&&e in t)try{return void(t[e]=n??"")}catch{}if(typeof n=="function")return;n==null||n===!1&&e[4]!="-"?t.removeAttribute(e):t.setAttribute(e,e=="popover"&&n==1?"":n)}}function ka(t){return function(e){var n=this.__e;if(n){if(n=n[t],e[Ie]==null)e[Ie]=Mt++;else if(e[Ie]<this.__a[t])return;return n(T.event?T.event(e):e)}}}function Ct(t,e,n,r,a,o,s,i,u,c){var p,h,d,m,g,v,f,b,_,y,w,C,E,S,N,ae,A,K,V=e.type;if(e.constructor!==Me)return null;128&n.__u&&(u=32&n.__u,p=n.__c.__z)&&(e.__u|=u,h=o=[],p.nodeType==8?i=Be(p,o):o.push(p),i=o[0]||i),(p=T.__b)&&p(e);e:if(typeof V=="function"){d=s.length;try{if(b=e.props,_=(p=V.prototype)&&p.render,y=(p=V.contextType)&&r[p.__c],w=p?y?y.props.value:p.__:r,(m=n.__c)?(e.__c=m,2&m.__g&&(m.__g|=1)):(_?e.__c=m=new V(b,w):(e.__c=m=new he(b,w),m.constructor=V,m.render=Ma),y&&y.sub(m),m.state||(m.state={}),m.__n=r,m.__g|=8,m.__h=[],m.__k=[]),_&&(m.__s||(m.__s=m.state),V.getDerivedStateFromProps&&(m.__s==m.state&&(m.__s=ce({},m.__s)),ce(m.__s,V.getDerivedStateFromProps(b,m.__s)))),g=m.props,v=m.state,m.__v=e,n.__c){if(b!==g&&_&&!V.getDerivedStateFromProps&&m.componentWillReceiveProps&&m.componentWillReceiveProps(b,w),e.__v==n.__v&&!(8&m.__g)||!(4&m.__g)&&m.shouldComponentUpdate&&m.shouldComponentUpdate(b,m.__s,w)===!1){e.__v!=n.__v&&(m.props=b,m.state=m.__s,m.__g&=-9),e.__e=n.__e,e.__k=n.__k,e.__k.some(function(B){B&&(B.__=e)}),je.push.apply(m.__h,m.__k),m.__k=[],m.__h.length&&s.push(m),i=se(n);break e}m.componentWillUpdate&&m.componentWillUpdate(b,m.__s,w),_&&m.componentDidUpdate&&m.__h.push(function(){m.componentDidUpdate(g,v,f)})}else _&&!V.getDerivedStateFromProps&&m.componentWillMount&&m.componentWillMount(),_&&m.componentDidMount&&m.__h.push(m.componentDidMount);m.context=w,m.props=b,m.__P=t,m.__g&=-5,C=T.__r,E=_?25:0;do m.__g&=-9,C&&C(e),p=m.render(m.props,m.state=m.__s,m.context);while(8&m.__g&&++E<25);_&&(je.push.apply(m.__h,m.__k),m.__k=[]),m.state=m.__s,m.getChildContext&&(r=ce({},r,m.getChildContext())),_&&n.__c&&m.getSnapshotBeforeUpdate&&(f=m.getSnapshotBeforeUpdate(g,v)),S=p&&p.type===L&&p.key==null?p.props.children:p,b.__P&&(p=i,a=(t=b.__P).namespaceURI,u=o=null,n.props&&n.props.__P!=t&&(n.__k.some(function(B){B&&Nt(B,B)}),n.__k=null),i=n.__k?se(n,0):null),i=xn(t,$t(S)?S:[S],e,n,r,a,o,s,i,u,c),b.__P&&(e.__e=null,i=p),e.__u&=-161,h&&h.some(ue),m.__h.length&&s.push(m),1&m.__g&&(m.__g&=-4)}catch(B){if(s.length=d,e.__v=null,u||o)if(B&&B.then){if(e.__u|=128|u,o){for(~(A=o.indexOf(i||void 0))||(A=o.length);(K=o[A-1])&&K.nodeType==8;)A--;for(;A<o.length;A++)if(K=o[A])if(o[A]=null,N){if(K==ae)break}else{if(K.nodeType!=8)break;K.data.startsWith("$s")&&(ae=Be(N=K))}}if(!N){for(;i&&i.nodeType==8&&i.nextSibling;)i=i.nextSibling;N=i}(p=Be(N=e.__c.__z||(e.__c.__z=N)))?(e.__e=N,i=p):e.__e=i,i=i&&i.nextSibling}else o&&o.some(ue);else e.__e=n.__e;e.__k||(e.__k=n.__k||[]),B&&B.then||Sn(e),T.__e(B,e,n)}}else i=e.__e=Sa(n.__e,e,n,r,a,o,s,u,c,t);return(p=T.diffed)&&p(e),i}function Be(t,e){if(t&&t.nodeType==8&&t.data.startsWith("$s"))for(var n=1;t=t.nextSibling;){if(t.nodeType==8){if(t.data.startsWith("$s"))n++;else if(t.data.startsWith("/$s")&&!--n)return t}e&&e.push(t)}}function Sn(t){t&&(t.__c&&(t.__c.__g|=4),t.__k&&t.__k.some(Sn))}function Mn(t,e,n){for(var r=0;r<n.length;)Tt(n[r++],n[r++],n[r++]);T.__c&&T.__c(e,t),t.some(function(a){try{t=a.__h,a.__h=[],t.some(function(o){o.call(a)})}catch(o){T.__e(o,a.__v)}})}function Sa(t,e,n,r,a,o,s,i,u,c){var p,h,d,m,g,v,f,b,_=n.props||He,y=e.props,w=e.type;if(w=="svg"?a="http://www.w3.org/2000/svg":w=="math"?a="http://www.w3.org/1998/Math/MathML":a||(a="http://www.w3.org/1999/xhtml"),o){for(p=0;p<o.length;p++)if((g=o[p])&&(w?g.localName==w:g.nodeType==3)){t=g,o[p]=null;break}}if(!t){if(b=c.ownerDocument||document,!w)return b.createTextNode(y);t=b.createElementNS(a,w,y.is?y:c),i&&(T.__m&&T.__m(e,o),i=!1),o=null}if(w){if(c=w=="template"&&t.content||t,o=w=="textarea"&&y.defaultValue!=null?null:o&&Et.call(c.childNodes),!i&&o)for(_={},p=0;p<t.attributes.length;p++)_[(g=t.attributes[p]).name]=g.value;for(p in _)g=_[p],p=="dangerouslySetInnerHTML"?d=g:p=="children"||p in y||p=="value"&&"defaultValue"in y||p=="checked"&&"defaultChecked"in y||Ge(t,p,null,g,a);for(p in y)g=y[p],p=="children"?m=g:p=="dangerouslySetInnerHTML"?h=g:p=="value"?v=g:p=="checked"?f=g:i&&typeof g!="function"||_[p]===g||Ge(t,p,g,_[p],a);h?(i||d&&(h.__html==d.__html||h.__html==t.innerHTML)||(t.innerHTML=h.__html),e.__k=[]):(d&&(t.textContent=""),(w=="foreignObject"||a=="http://www.w3.org/1998/Math/MathML"&&ya.test(w))&&(a="http://www.w3.org/1999/xhtml"),xn(c,$t(m)?m:[m],e,n,r,a,o,s,o?o[0]:n.__k&&se(n,0),i,u),o&&o.some(ue)),i&&w!="textarea"||(p="value",w=="progress"&&v==null?t.removeAttribute(p):v==null||v===t[p]&&(w!="progress"||v)||Ge(t,p,v,_[p],a),p="checked",f!=null&&f!=t[p]&&Ge(t,p,f,_[p],a))}else _===y||i&&t.data==y||(t.data=y);return t}function Tt(t,e,n,r){try{typeof t=="function"?e?e.__x=t(e)||1:r&&(r=r.__c||r.__e)&&(e=r.__x)&&(r.__x=null,typeof e=="function"?e():t(null)):t.current=e}catch(a){T.__e(a,n)}}function Nt(t,e,n){var r,a,o,s;if(T.unmount&&T.unmount(t),!(r=t.ref)||r.current&&r.current!=t.__e||Tt(r,null,e,t),r=t.__c){if(r.componentWillUnmount)try{r.componentWillUnmount()}catch(i){T.__e(i,e)}r.__P=r.__n=null}if(r=t.__k)for(s=0;s<r.length;s++)r[s]&&Nt(r[s],e,typeof t.type!="function"||n&&!t.props.__P);!n&&(r=t.__c)&&(r=r.__z)&&(a=Be(r,o=[]))&&(r==t.__e&&o.some(ue),ue(a),ue(r)),n||ue(t.__e),t.__e=t.__c=t.__=null}function Ma(t,e,n){return this.constructor(t,n)}function At(t,e){var n,r,a,o;T.__&&T.__(t,e),e.nodeType==9&&(e=e.documentElement),r=(n=t&&32&t.__u)?null:e.__k,e.__k=Se(L,{children:[t]}),a=[],o=[],Ct(e,e.__k,r||He,He,e.namespaceURI,r?null:e.firstChild?Et.call(e.childNodes):null,a,r?r.__e:e.firstChild,n,o),Mn(a,e.__k,o),e.__k.props.children=null}T={__e:function(t,e,n,r){for(var a,o,s;e=e.__;)if((a=e.__c)&&!(1&a.__g)){a.__g|=4;try{if((s=(o=a.constructor)&&o.getDerivedStateFromError)&&a.setState(o.getDerivedStateFromError(t)),a.componentDidCatch&&(a.componentDidCatch(t,r||{}),s=1),s&&8&a.__g)return void(a.__g|=2)}catch(i){t=i}}throw Fe=0,t}},gn=0,St=function(t){return t!=null&&t.constructor===Me},he.prototype.setState=function(t,e){var n=this.__s;n&&n!=this.state||(n=this.__s=ce({},this.state)),typeof t=="function"&&(t=t(ce({},n),this.props)),t&&(ce(n,t),this.__v&&(e&&this.__k.push(e),hn(this)))},he.prototype.forceUpdate=function(t){this.__v&&(this.__g|=4,t&&this.__h.push(t),hn(this))},he.prototype.render=L,oe=[],Fe=0,vn=function(t,e){return t.__v.__b-e.__v.__b},Ie=Symbol(),bn=/(PointerCapture)$|Capture$/i,Mt=0,kt={},ba=0;var fe,I,Pt,$n,zt=Object.is,We=0,On=[],Dt=[],R=T,En=R.__b,Cn=R.__r,Tn=R.diffed,Nn=R.__c,An=R.unmount,Pn=R.__;function Ue(t,e){R.__h&&R.__h(I,t,We||e),We=0;var n=I.__H||(I.__H={__:[],__h:[]});return t>=n.__.length&&n.__.push({}),n.__[t]}function D(t){return We=1,$a(Ln,t)}function $a(t,e,n){var r=Ue(fe++,2);if(r.t=t,!r.__c&&(r.__=[n?n(e):Ln(void 0,e),function(o){var s=(r.__N||r.__)[0],i=r.t(s,o);zt(s,i)||(r.__N=[i,r.__[1]],r.__c.setState({}))}],r.__c=I,!I.__f)){I.__f=!0;var a=I.shouldComponentUpdate;I.shouldComponentUpdate=function(o,s,i){var u=this.__H;if(!u)return!0;var c=!1,p=this.props!=o;if(u.__.some(function(d){d.__N&&(c=!0,zt(d.__[0],d.__N[0])||(p=!0))}),a){var h=a.call(this,o,s,i);return c?h||p:h}return!c||p}}return r.__}function H(t,e){var n=Ue(fe++,3);!R.__s&&Rt(n.__H,e)&&(n.__P=!0,n.__=t,n.u=e,I.__H.__h.push(n))}function Lt(t,e){var n=Ue(fe++,4);!R.__s&&Rt(n.__H,e)&&(n.__P=!1,n.__=t,n.u=e,I.__h.push(n))}function j(t){return We=5,Y(function(){return{current:t}},[])}function Y(t,e){var n=Ue(fe++,7);return Rt(n.__H,e)&&(n.__=t(),n.__H=e),n.__}function Ea(){var t;do{for(;t=Dt.shift();)try{$e(t)}catch(n){R.__e(n,{__:(t=t.__P)&&t.__v})}for(;t=On.shift();){var e=t.__H;if(t.__P&&e)try{e.__h.some($e),e.__h.some(Ot),e.__h=[]}catch(n){e.__h=[],R.__e(n,t.__v)}}}while(Dt.length)}R.__b=function(t){I=null,En&&En(t)},R.__=function(t,e){t&&e.__k&&e.__k.__m&&(t.__m=e.__k.__m),Pn&&Pn(t,e)},R.__r=function(t){Cn&&Cn(t),fe=0;var e=(I=t.__c).__H;e&&(Pt==I?I.__h=[]:(e.__h.some($e),e.__h.some(Ot),fe=0),e.__h=[],e.__.some(function(n){n.__N&&(n.__=n.__N),n.u=n.__N=void 0})),Pt=I},R.diffed=function(t){Tn&&Tn(t);var e=t.__c;e&&e.__H&&(e.__H.__h.length&&Dn(On.push(e)),e.__H.__.some(function(n){n.u&&(n.__H=n.u)})),Pt=I=null},R.__c=function(t,e){e.some(function(n){try{n.__h.some($e),n.__h=n.__h.filter(function(r){return!r.__||Ot(r)})}catch(r){n.__h=[function(){throw r}]}}),Nn&&Nn(t,e)},R.unmount=function(t){An&&An(t);var e,n,r=t.__c;r&&r.__H&&(r.__H.__.some(function(a){try{if(a.__P&&a.__c){if(n===void 0){for(n=t.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}a.__P=n,Dn(Dt.push(a))}else $e(a)}catch(o){e=o}}),r.__H=void 0,e&&R.__e(e,r.__v))};var zn=typeof requestAnimationFrame=="function";function Ca(t){var e,n=function(){clearTimeout(r),zn&&cancelAnimationFrame(e),setTimeout(t)},r=setTimeout(n,35);zn&&(e=requestAnimationFrame(n))}function Dn(t){t!=1&&$n==R.requestAnimationFrame||(($n=R.requestAnimationFrame)||Ca)(Ea)}function $e(t){var e=I,n=t.__c;typeof n=="function"&&(t.__c=void 0,n()),I=e}function Ot(t){var e=I;t.__c=t.__(),I=e}function Rt(t,e){return!t||t.length!=e.length||e.some(function(n,r){return!zt(n,t[r])})}function Ln(t,e){return typeof e=="function"?e(t):e}var Ta=Symbol.for("preact-signals");function Ye(){if(re>1)re--;else{var t,e=!1;for((function(){var a=qe;for(qe=void 0;a!==void 0;){var o=a.S;if(o.v===a.v)for(var s=o.t;s!==void 0;s=s.x)s.i===a.i&&(s.i=o.i);a=a.o}})();Ce!==void 0;){var n=Ce;for(Ce=void 0,Ve++;n!==void 0;){var r=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&Gn(n))try{n.c()}catch(a){e||(t=a,e=!0)}n=r}}if(Ve=0,re--,e)throw t}}function ee(t){if(re>0)return t();Gt=++Na,re++;try{return t()}finally{Ye()}}var Ee,O=void 0;function Te(t){var e=O,n=Ee;O=void 0,Ee=void 0;try{return t()}finally{O=e,Ee=n}}var Ce=void 0,re=0,Ve=0,Na=0,Gt=0,qe=void 0,Ke=0;function Rn(t){if(O!==void 0){var e=t.n;if(e===void 0||e.t!==O)return e={i:0,S:t,p:O.s,n:void 0,t:O,e:void 0,x:void 0,r:e},O.s!==void 0&&(O.s.n=e),O.s=e,t.n=e,32&O.f&&t.S(e),e;if(e.i===-1)return e.i=0,e.n!==void 0&&(e.n.p=e.p,e.p!==void 0&&(e.p.n=e.n),e.p=O.s,e.n=void 0,O.s.n=e,O.s=e),e}}function F(t,e){this.v=t,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=e?.watched,this.Z=e?.unwatched,this.name=e?.name}F.prototype.brand=Ta;F.prototype.h=function(){return!0};F.prototype.S=function(t){var e=this,n=this.t;n!==t&&t.e===void 0&&(t.x=n,this.t=t,n!==void 0?n.e=t:Te(function(){var r;(r=e.W)==null||r.call(e)}))};F.prototype.U=function(t){var e=this;if(this.t!==void 0){var n=t.e,r=t.x;n!==void 0&&(n.x=r,t.e=void 0),r!==void 0&&(r.e=n,t.x=void 0),t===this.t&&(this.t=r,r===void 0&&Te(function(){var a;(a=e.Z)==null||a.call(e)}))}};F.prototype.subscribe=function(t){var e=this;return q(function(){var n=e.value;Te(function(){return t(n)})},{name:"sub"})};F.prototype.valueOf=function(){return this.value};F.prototype.toString=function(){return this.value+""};F.prototype.toJSON=function(){return this.value};F.prototype.peek=function(){var t=this;return Te(function(){return t.value})};Object.defineProperty(F.prototype,"value",{get:function(){var t=Rn(this);return t!==void 0&&(t.i=this.i),this.v},set:function(t){if(t!==this.v){if(Ve>100)throw new Error("Cycle detected");(function(n){re!==0&&Ve===0&&n.l!==Gt&&(n.l=Gt,qe={S:n,v:n.v,i:n.i,o:qe})})(this),this.v=t,this.i++,Ke++,re++;try{for(var e=this.t;e!==void 0;e=e.x)e.t.N()}finally{Ye()}}}});function z(t,e){return new F(t,e)}function Gn(t){for(var e=t.s;e!==void 0;e=e.n)if(e.S.i!==e.i||!e.S.h()||e.S.i!==e.i)return!0;return!1}function In(t){for(var e=t.s;e!==void 0;e=e.n){var n=e.S.n;if(n!==void 0&&(e.r=n),e.S.n=e,e.i=-1,e.n===void 0){t.s=e;break}}}function Bn(t){for(var e=t.s,n=void 0;e!==void 0;){var r=e.p;e.i===-1?(e.S.U(e),r!==void 0&&(r.n=e.n),e.n!==void 0&&(e.n.p=r)):n=e,e.S.n=e.r,e.r!==void 0&&(e.r=void 0),e=r}t.s=n}function pe(t,e){F.call(this,void 0,e),this.x=t,this.s=void 0,this.g=Ke-1,this.f=4}pe.prototype=new F;pe.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===Ke))return!0;if(this.g=Ke,this.f|=1,this.i>0&&!Gn(this))return this.f&=-2,!0;var t=O;try{In(this),O=this;var e=this.x();(16&this.f||this.v!==e||this.i===0)&&(this.v=e,this.f&=-17,this.i++)}catch(n){this.v=n,this.f|=16,this.i++}return O=t,Bn(this),this.f&=-2,!0};pe.prototype.S=function(t){if(this.t===void 0){this.f|=36;for(var e=this.s;e!==void 0;e=e.n)e.S.S(e)}F.prototype.S.call(this,t)};pe.prototype.U=function(t){if(this.t!==void 0&&(F.prototype.U.call(this,t),this.t===void 0)){this.f&=-33;for(var e=this.s;e!==void 0;e=e.n)e.S.U(e)}};pe.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var t=this.t;t!==void 0;t=t.x)t.t.N()}};Object.defineProperty(pe.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var t=Rn(this);if(this.h(),t!==void 0&&(t.i=this.i),16&this.f)throw this.v;return this.v}});function G(t,e){return new pe(t,e)}function Fn(t){var e=t.j;if(t.j=void 0,typeof e=="function"){re++;var n=O;O=void 0;try{e()}catch(r){throw t.f&=-2,t.f|=8,It(t),r}finally{O=n,Ye()}}}function It(t){for(var e=t.s;e!==void 0;e=e.n)e.S.U(e);t.x=void 0,t.s=void 0,Fn(t)}function Aa(t){if(O!==this)throw new Error("Out-of-order effect");Bn(this),O=t,this.f&=-2;try{8&this.f&&It(this)}finally{Ye()}}function ge(t,e){this.x=t,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=e?.name,Ee&&Ee.push(this)}ge.prototype.c=function(){var t=this.S();try{if(8&this.f||this.x===void 0)return;var e=this.x();typeof e=="function"&&(this.j=e)}finally{t()}};ge.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,Fn(this),In(this),re++;var t=O;return O=this,Aa.bind(this,t)};ge.prototype.N=function(){2&this.f||(this.f|=2,this.u=Ce,Ce=this)};ge.prototype.d=function(){this.f|=8,1&this.f||It(this)};ge.prototype.dispose=function(){this.d()};function q(t,e){var n=new ge(t,e);try{n.c()}catch(a){throw n.d(),a}var r=n.d.bind(n);return r[Symbol.dispose]=r,r}var Bt,Ae,Qe,Pa=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__,Hn=[],jn=[];q(function(){Bt=this.N})();function ve(t,e){T[t]=e.bind(null,T[t]||function(){})}function Ne(t){if(Qe){var e=Qe;Qe=void 0,e()}Qe=t&&t.S()}function Wn(t){var e=this,n=t.data,r=Da(n);r.name="ReactiveDom",r.value=n;var a=Y(function(){for(var i=e,u=e.__v;u=u.__;)if(u.__c){u.__c.__$f|=4;break}var c=G(function(){var m=r.value.value;return m===0?0:m===!0?"":m||""}),p=G(function(){return!Array.isArray(c.value)&&!St(c.value)}),h=q(function(){if(this.N=Un,p.value){var m=c.value;i.__v&&i.__v.__e&&i.__v.__e.nodeType===3&&(i.__v.__e.data=m)}}),d=e.__$u.d;return e.__$u.d=function(){h(),d.call(this)},[p,c]},[]),o=a[0],s=a[1];return o.value?s.peek():s.value}Wn.displayName="ReactiveTextNode";Object.defineProperties(F.prototype,{constructor:{configurable:!0,value:yn(L,null).constructor},type:{configurable:!0,value:Wn},props:{configurable:!0,get:function(){var t=this;return{data:{get value(){return t.value}}}}},__b:{configurable:!0,value:1}});ve("__b",function(t,e){if(Ne(),Ae=void 0,typeof e.type=="string"){var n,r=e.props;for(var a in r)if(a!=="children"){var o=r[a];o instanceof F&&(n||(e.__np=n={}),n[a]=o,r[a]=o.peek())}}t(e)});ve("__r",function(t,e){if(t(e),e.type!==L){Ne();var n,r=e.__c;r&&(r.__$f&=-2,(n=r.__$u)===void 0&&(r.__$u=n=(function(a,o){var s;return q(function(){s=this},{name:o}),s.c=a,s})((function(a){return function(){var o;Pa&&((o=this.y)==null||o.call(this)),a.__$f|=1,a.setState({})}})(r),typeof e.type=="function"?e.type.displayName||e.type.name:""))),Ae=r,Ne(n)}});ve("__e",function(t,e,n,r){Ne(),Ae=void 0,t(e,n,r)});ve("diffed",function(t,e){Ne(),Ae=void 0;var n;if(typeof e.type=="string"&&(n=e.__e)){var r=e.__np,a=e.props,o=n.U;if(o)for(var s in o){var i=o[s];i===void 0||r&&s in r||(i.d(),o[s]=void 0)}if(r){o||(o={},n.U=o);for(var u in r){var c=o[u],p=r[u];c===void 0?(c=za(n,u,p,a),o[u]=c):c.o(p,a)}}}t(e)});function za(t,e,n,r){var a=e in t&&t.ownerSVGElement===void 0,o=z(n);return{o:function(s,i){o.value=s,r=i},d:q(function(){this.N=Un;var s=o.value.value;r[e]!==s&&(r[e]=s,a?t[e]=s:s!=null&&(s!==!1||e[4]==="-")?t.setAttribute(e,s):t.removeAttribute(e))})}}ve("unmount",function(t,e){if(typeof e.type=="string"){var n=e.__e;if(n){var r=n.U;if(r){n.U=void 0;for(var a in r){var o=r[a];o&&o.d()}}}var s=e.__np;if(s){var i=e.props;for(var u in s)i[u]=s[u]}e.__np=void 0}else{var c=e.__c;if(c){c.__$f|=8;var p=c.__$u;p&&(c.__$u=void 0,p.d())}}t(e)});ve("__h",function(t,e,n,r){r<3&&(e.__$f|=2),t(e,n,r)});he.prototype.shouldComponentUpdate=function(t,e){if(this.__R)return!0;var n=this.__$u,r=n&&n.s!==void 0;for(var a in e)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var o=2&this.__$f;if(!(r||o||4&this.__$f)||1&this.__$f)return!0}else if(!(r||4&this.__$f)||3&this.__$f)return!0;for(var s in t)if(s!=="__source"&&t[s]!==this.props[s])return!0;for(var i in this.props)if(!(i in t))return!0;return!1};function Da(t,e){return Y(function(){return z(t,e)},[])}var Oa=typeof requestAnimationFrame>"u"?setTimeout:function(t){var e=function(){clearTimeout(n),cancelAnimationFrame(r),t()},n=setTimeout(e,35),r=requestAnimationFrame(e)},La=function(t){queueMicrotask(function(){queueMicrotask(t)})};function Ra(){ee(function(){for(var t;t=Hn.shift();)Bt.call(t)})}function Ga(){Hn.push(this)===1&&(T.requestAnimationFrame||Oa)(Ra)}function Ia(){ee(function(){for(var t;t=jn.shift();)Bt.call(t)})}function Un(){jn.push(this)===1&&(T.requestAnimationFrame||La)(Ia)}function Vn(t,e){var n=j(t);n.current=t;var r=Ae;H(function(){return q(function(){if(this.N=Ga,!(r&&8&r.__$f))return n.current()},e)},[])}var Ba=12;function Ft(t,e){let n=new URLSearchParams(e.replace(/^#/,"")),r=h=>{let d=n.get(h);return d!==null&&/^\d+$/.test(d)?Number(d):null},a=r("from");a!==null&&a<t.graph.size&&(t.root.value=a);for(let h of n.getAll("set")){let[d,m]=h.split(":").map(Number);t.graph.isLeaf(d)&&m===m&&t.setLeaves([[d,m]])}let o={...t.bugs.value};for(let h of(n.get("break")??"").split(","))h in o&&(o[h]=!0);t.bugs.value=o;let s=r("value");s!==null&&s<t.graph.size&&t.reveal(s),n.get("order")==="skipped"&&(t.withOrder.value=!1);let i=n.get("lines");t.code&&(i==="line"||i==="all")&&(t.grain.value=i);let u=r("step");u!==null&&t.goTo(u);let c=r("training");c!==null&&t.page.history&&c<t.page.history.steps.length&&(t.snapshot.value=c);let p=n.get("theme");(p==="dark"||p==="light")&&(t.theme.value=p)}function qn(t){let e,n=q(()=>{let r=new URLSearchParams;t.step.value&&r.set("step",String(t.step.value)),t.root.value!==t.graph.roots[t.graph.roots.length-1]&&r.set("from",String(t.root.value)),t.selectedNode.value>=0&&r.set("value",String(t.selectedNode.value));let a=Object.entries(t.bugs.value).filter(([,o])=>o).map(([o])=>o);if(a.length&&r.set("break",a.join(",")),t.withOrder.value||r.set("order","skipped"),t.grain.value!=="step"&&r.set("lines",t.grain.value),t.page.history)r.set("training",String(t.snapshot.value));else if(t.edited.value.length<=Ba)for(let o of t.edited.value)r.append("set",`${o}:${t.data.value[o]}`);t.theme.value!=="auto"&&r.set("theme",t.theme.value),clearTimeout(e),e=setTimeout(()=>Fa(r.toString()),200)});return()=>{clearTimeout(e),n()}}function Fa(t){try{history.replaceState(null,"",t?`#${t}`:location.pathname+location.search)}catch{}}var Ha=/(#.*$)|([fr]?"(?:\\.|[^"\\])*"|[fr]?'(?:\\.|[^'\\])*')|(\.?\b[A-Za-z_]\w*(?:\.(?:data|grad)\b)?)/g,Ht=new Set("and as assert class def del elif else except False finally for from global if import in is lambda None nonlocal not or pass raise return True try while with yield self".split(" "));function Kn(t){return Qn(t,e=>{if(Ht.has(e))return{text:e,kind:"keyword"};let[n,r]=e.split(/(?=\.(?:data|grad)$)/);return Ht.has(n)&&r?{text:e,kind:""}:null})}function Yn(t,e,n){let[r,a]=Ua(t),o=!1,s=(u,c)=>{if(u.startsWith("."))return null;let[p,h]=u.split("."),d=e.get(p);if(!d)return null;let g=c<r&&a!==""?ja(d,h,n):Wa(d,h,n);return o||=g!==null,g},i=Qn(t.trim(),s);return o?i:null}function ja(t,e,n){if(!("node"in t))return null;let r=n.name(t.node);return{text:e?`${r}.${e}`:r,kind:"name"}}function Wa(t,e,n){return"node"in t?e==="data"?{text:n.data(t.node),kind:"data"}:e==="grad"?{text:n.grad(t.node),kind:"grad"}:{text:n.name(t.node),kind:"name"}:e?null:"data"in t?{text:n.data(t.data),kind:"data"}:"number"in t?{text:n.plain(Number(t.number)),kind:"data"}:null}function Ua(t){let e=/^\s*[\w., ]+?\s*([-+*/]?=)(?!=)/.exec(t.trim());return e?[e[0].length,e[1]]:[0,""]}function Qn(t,e){let n=[],r=0;for(let a of t.matchAll(Ha)){let o=a[1]?{text:a[1],kind:"comment"}:a[2]?{text:a[2],kind:"string"}:Va(t,a)||qa(t,a)?null:e(a[0],a.index);o&&(a.index>r&&n.push({text:t.slice(r,a.index),kind:""}),n.push(o),r=a.index+a[0].length)}return r<t.length&&n.push({text:t.slice(r),kind:""}),n}var Va=(t,e)=>t[e.index+e[0].length]==="("&&!Ht.has(e[0]),qa=(t,e)=>/^=[^=]/.test(t.slice(e.index+e[0].length))&&/[(,]\s*$/.test(t.slice(0,e.index));function k(t,e=5){if(!Number.isFinite(t))return t!==t?"nan":t>0?"inf":"-inf";if(t===0)return"0.0";let n=Math.abs(t);if(n>=1e6||n<1e-4){let[a,o]=t.toExponential(e-2).split("e");return`${Xn(a)}e${o.replace("+","")}`}let r=Math.max(e-1-Math.floor(Math.log10(n)),0);return Xn(t.toFixed(r))+(Number.isInteger(t)?".0":"")}var Xn=t=>t.includes(".")?t.replace(/\.?0+$/,""):t;function Zn(t){if(!Number.isFinite(t))return k(t);let e=Math.abs(t);return e>=.01&&e<1e4?String(Number(t.toPrecision(3))):t.toExponential(1).replace("e+","e")}var Xe=t=>t<0?k(t):`+${k(t)}`;function be(t,e){let n=[...t];return n.length<=e?t:/^[\p{L}\w]+(\.[\p{L}\w]+)+$/u.test(t)?`…${n.slice(1-e).join("")}`:`${n.slice(0,e-1).join("")}…`}function X(t,e){return Object.is(t,e)||t===e||Math.abs(t-e)<=1e-9*Math.max(Math.abs(t),Math.abs(e))}var ie=t=>t.trim()?`“${t.trim()}” is not a number: type a number, like 2.5`:"Type a number, like 2.5";function Z(t){let e=t.trim().replace(",",".").replace("−","-");if(/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(e))return Number(e);let n=/^([+-]?\d+)\s*\/\s*(\d+)$/.exec(e);return n&&Number(n[2])?Number(n[1])/Number(n[2]):null}var Ka=Symbol.for("pv"),Ya=0;function l(t,e,n,r,a,o){e||(e={});var s,i,u=e;if("ref"in u&&typeof t!="function")for(i in u={},e)i=="ref"?s=e[i]:u[i]=e[i];var c={type:t,props:u,key:n,ref:s,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Ka,__v:--Ya,__i:-1,__u:0};return(a||o)&&(c.__source=a,c.__self=o),T.vnode&&T.vnode(c),c}var de=({x:t})=>l("b",{class:"mg-t-data",children:k(t)}),U=({children:t})=>l("b",{class:"mg-t-grad",children:t}),er=({x:t})=>l("b",{class:"mg-t-local",children:k(t)}),Jn=t=>k(t).startsWith("-")?`(${k(t)})`:k(t);function tr({store:t}){let{graph:e}=t,n=t.current.value,r=t.data.value,a=y=>e.name(y);if(n.phase==="start"&&t.code&&!t.code.told.made.length)return l("p",{children:["Nothing is computed here: the lines only collect what is there.",l("span",{class:"mg-aside-note",children:"→ one line, space plays, ? lists all keys."})]});if(n.phase==="start")return l("p",{children:["The leaves hold their numbers. Step forward to compute what follows from them.",l("span",{class:"mg-aside-note",children:"→ one step, space plays, ? lists all keys."})]});if(n.phase==="forward"){let{node:y}=n;return e.isHandmade(y)?l("p",{children:[l("b",{children:a(y)})," was made by hand and holds ",l(de,{x:r[y]}),"; only its maker can compute it anew."]}):l("p",{children:[l("b",{children:a(y)})," = ",e.expression(y)," ="," ",l("span",{class:"mg-t-data",children:e.expression(y,w=>k(r[w]))})," ="," ",l(de,{x:r[y]})]})}if(n.phase==="order"){let{node:y}=n,w=l("button",{type:"button",class:"mg-skip",title:"o",onClick:()=>t.setOrder(!1),children:"Skip the order"}),C=t.timeline.value.listed(t.step.value);if(n.act==="visit")return e.isLeaf(y)?l("p",{children:["Visit ",l("b",{children:a(y)}),": a leaf, it has no parents. ",w]}):l("p",{children:["Visit ",l("b",{children:a(y)}),": its parents have to come first. ",w]});if(n.act==="again")return l("p",{children:["Visit ",l("b",{children:a(y)}),": it was visited before, go on. ",w]});let E=C.slice(-7).map(a);return l("p",{children:["Append ",l("b",{children:a(y)}),": all it depends on is in the list."," ",l("span",{class:"mg-list",children:["[",C.length>7&&"…, ",E.slice(0,-1).map(S=>`${S}, `),l("b",{children:E[E.length-1]}),"]"]})," ",w]})}let{grad:o}=t.gradients.value,s=n.run>1?`Backward, run ${n.run}: `:"",i=e.name(n.node),u=n.act==="add"?e.name(n.parent):i;if(n.act==="seed"){let y=e.isLeaf(n.node)&&n.run>1;return l("p",{children:[s,l("b",{children:[i,".grad"]})," ",y?"+=":"="," ∂",i,"/∂",i," = ",l(U,{children:"1.0"}),l("span",{class:"mg-aside-note",children:"A value changes as fast as itself. Now back to front, each value passes its gradient to its parents."})]})}let c=t.partials.value.of(n.node)[n.slot],p=o[n.node],h=t.timeline.value.ledger(t.step.value,n.parent,t.partials.value),d=h[h.length-1],m=h.length>1&&h[h.length-2].lost?h[h.length-2]:null,g=t.timeline.value.passes?`what came to ${i}`:`${i}.grad`,v=t.hidden(n.parent),f=v?"?":k(o[n.parent]),b=t.timeline.value.play(t.step.value,t.partials.value),_=!t.asLeft.value||X(b.grad[n.parent],o[n.parent]);return l("p",{children:[s,l("b",{children:[u,".grad"]})," ",l("span",{class:m?"mg-t-wrong":"",children:n.assigns?"=":"+="})," ",l("span",{class:"mg-t-local",children:["∂",i,"/∂",u]})," ","· ",l("span",{class:"mg-t-grad",children:g})," = ",l("b",{class:"mg-t-local",children:Jn(c)})," ·"," ",l(U,{children:Jn(d?.upstream??p)})," ="," ",l(U,{children:v?"?":k(d?.amount??c*p)}),l("span",{class:"mg-aside-note",children:m&&!v?l("span",{class:"mg-t-wrong",children:["overwrites ",k(m.amount),", which is lost"]}):!_&&!v?l("span",{class:"mg-t-wrong",children:["your lines left another number: ",u,".grad is ",f]}):l(L,{children:[u,".grad is now ",l(U,{children:f})]})})]})}var nr=150,Qa=12,Xa=[["step","one step at a time"],["line","one line at a time"],["all","every line, also of __init__ and of comprehensions"]];function ar({store:t,code:e}){let n=t.moment.value,r=e.stack(n),a=r[r.length-1],o=a?.fn.file??0,s=a?e.names(a.frame,n):new Map;return l("section",{class:"mg-card mg-codepane mg-code-part",tabIndex:-1,children:[l("div",{class:"mg-title-row",children:[l("h2",{children:e.data.files[o]?.name}),l("label",{class:"mg-muted",children:[l("span",{class:"mg-sr",children:"How far one step goes"}),l("select",{value:t.grain.value,onChange:i=>{t.grain.value=i.currentTarget.value},children:Xa.map(([i,u])=>l("option",{value:i,children:u},i))})]})]}),l(Za,{store:t}),l(Ja,{code:e,stack:r,store:t}),l(eo,{store:t,code:e,file:o,stack:r,held:s}),a&&l(to,{store:t,code:e,held:s,captured:a.fn.captured,moment:n})]})}function Za({store:t}){let{naive:e,twice:n,assign:r}=t.bugs.value,a=t.code?.told,o="";return e?o="With plain recursion nothing of this order is left: no line belongs to it.":r?o="The mistake that is switched on: read every += on .grad as =.":n?o="The mistake that is switched on: these lines run twice.":a&&a.root>=0&&a.root!==t.root.value?o=`These lines ran from ${t.graph.name(a.root)}: choose it again to follow them.`:t.timeline.value.isUnlike&&(o=`How these lines go back cannot be shown step by step: the steps are those of the usual
      order, and at the end stands what your lines left.`),o?l("p",{class:"mg-t-wrong mg-remark",children:o}):null}function Ja({code:t,stack:e,store:n}){let r=j(null);if(Lt(()=>{r.current&&(r.current.scrollTop=r.current.scrollHeight)}),!e.length)return l("p",{class:"mg-muted mg-remark",children:"No line has run yet."});let a=Math.max(0,e.length-8);return l("ol",{ref:r,class:"mg-calls","aria-label":"Calls, from the outside in",tabIndex:0,children:[a>0&&l("li",{class:"mg-muted",children:["… ",a," calls around these"]}),e.slice(a).map(({frame:o,fn:s,line:i},u)=>{let c=t.names(o,n.moment.value),p=(s.arguments.length?s.arguments:s.captured).map(d=>[d,c.get(d)]).filter(([,d])=>d&&"node"in d),h=u===e.length-a-1;return l("li",{style:{"--deep":u},"aria-current":h?"step":void 0,children:[l("b",{children:s.name==="<module>"?t.data.files[s.file].name:s.name})," ",p.slice(0,3).map(([d,m])=>m&&"node"in m&&l("span",{class:"mg-call-argument",children:[d," = ",n.graph.name(m.node)," "]},d)),!h&&l("code",{children:t.line(s.file,i).trim()})]},o)})]})}var rr=t=>t.map((e,n)=>e.kind?l("span",{class:`mg-c-${e.kind}`,children:e.text},n):e.text);function eo({store:t,code:e,file:n,stack:r,held:a}){let o=j(null),s=Y(()=>(e.data.files[n]?.text.replace(/\s+$/,"")??"").split(`
`).map(f=>({line:f,spans:rr(Kn(f))})),[n]),i=r[r.length-1]?.line??0,u=new Set(r.slice(0,-1).flatMap(v=>v.fn.file===n?[v.line]:[]));Lt(()=>{let v=o.current,f=v?.querySelector(".mg-line-now");v&&f&&(v.scrollTop=f.offsetTop-v.clientHeight*.4)},[t.moment.value,n]);let c=Math.max(0,i-nr),{graph:p}=t,h=t.known.value,{grad:d}=t.gradients.value,m={name:v=>p.name(v),data:v=>h[v]?k(t.data.value[v]):"?",grad:v=>t.hidden(v)?"?":k(d[v]),plain:v=>k(v)},g=i?Yn(s[i-1]?.line??"",a,m):null;return l("div",{class:"mg-source",ref:o,tabIndex:0,role:"region","aria-label":"Source",children:s.slice(c,i+nr).map(({line:v,spans:f},b)=>{let _=c+b+1,y=_===i,w=y?"mg-line-now":u.has(_)?"mg-line-waiting":"";return l("div",{class:`mg-code-line ${w}`,"aria-current":y?"step":void 0,children:[l("span",{class:"mg-line-number",children:_}),l("code",{children:[f,y&&g&&l("span",{class:"mg-filled",children:[" ".repeat(v.length-v.trimStart().length),rr(g)]})]})]},_)})})}function to({store:t,code:e,held:n,captured:r,moment:a}){let o=e.changed(a);return l("table",{class:"mg-names",children:[l("caption",{class:"mg-sr",children:"What every name holds"}),l("tbody",{children:[...n].map(([s,i])=>l("tr",{class:o.has(s)?"mg-changed":"",children:[l("th",{scope:"row",children:[s==="return"?"returns":s,r.includes(s)&&l("span",{class:"mg-kind",children:" captured"})]}),l("td",{children:l(or,{store:t,code:e,thing:i,deep:0})})]},s))})]})}function or({store:t,code:e,thing:n,deep:r}){let a=i=>l(or,{store:t,code:e,thing:i,deep:r+1});if("node"in n){let{node:i}=n,u=l("button",{type:"button",class:"mg-link",onClick:()=>t.reveal(i),children:t.graph.name(i)});if(r)return u;let{grad:c,reached:p}=t.gradients.value;return l(L,{children:[u," ",t.known.value[i]===1&&!t.graph.isConstant(i)&&l("span",{class:"mg-pair",children:[l("small",{children:"data"})," ",l(de,{x:t.data.value[i]})," "]}),p[i]===1&&!t.graph.isConstant(i)&&l("span",{class:"mg-pair",children:[l("small",{children:"grad"})," ",l(U,{children:t.hidden(i)?"?":k(c[i])})]})]})}if("data"in n)return l(de,{x:t.data.value[n.data]});if("number"in n){let i=t.edited.value.length>0;return l("span",{class:i?"mg-muted":"",title:i?"as it was recorded":void 0,children:k(Number(n.number))})}if("text"in n)return l("span",{children:n.text});if("around"in n){let i=n.items.slice(-Qa),u=n.more+n.items.length-i.length;return l("span",{children:[n.around[0],u>0&&`… ${u} more, `,i.map((c,p)=>l("span",{children:[p>0&&", ",a(e.data.things[c])]},p)),n.around[1]]})}let o=[];for(let i=0;i<n.fields.length;i+=2)o.push([e.data.names[n.fields[i]],e.data.things[n.fields[i+1]]]);let s="closure"in n;return s&&!o.length?l("span",{children:"a function"}):!s&&r>1?l("span",{children:n.object}):l("span",{children:[s?r?"a function with ":"a function that captured ":`${n.object}(`,o.map(([i,u],c)=>l("span",{children:[c>0&&", ",i," = ",a(u)]},i)),!s&&")"]})}function sr({store:t,node:e}){let n=t.data.value[e],[r,a]=D(null),o=r!==null&&Z(r)===null,s=u=>{a(u);let c=Z(u);c!==null&&t.setLeaf(e,c)},i=u=>{a(null),t.setLeaf(e,Math.round((n+u)*1e6)/1e6)};return l("div",{class:"mg-leaf",children:[l("label",{children:["data"," ",l("input",{class:"mg-leaf-input",inputMode:"decimal",value:r??k(n,12),"aria-invalid":o,"aria-describedby":"mg-leaf-hint mg-leaf-refusal",onInput:u=>s(u.currentTarget.value),onBlur:()=>{o||a(null)},onKeyDown:u=>{u.key==="ArrowUp"||u.key==="ArrowDown"?(u.preventDefault(),i(u.key==="ArrowUp"?.1:-.1)):(u.key==="Escape"||u.key==="Enter"&&!o)&&(a(null),u.currentTarget.blur())}})]}),l("button",{type:"button","aria-label":"0.1 less",onClick:()=>i(-.1),children:"−0.1"}),l("button",{type:"button","aria-label":"0.1 more",onClick:()=>i(.1),children:"+0.1"}),!Object.is(n,t.original[e])&&l("button",{type:"button",onClick:()=>{a(null),t.setLeaf(e,t.original[e])},children:"Undo"}),l("p",{id:"mg-leaf-hint",class:"mg-sr",children:"Type a number; arrow up and down change it by 0.1, Escape takes back what is typed."}),l("p",{id:"mg-leaf-refusal",class:"mg-t-wrong",role:"status",children:o&&ie(r)})]})}function ir({store:t}){let e=t.change.value;if(!e||e.node!==t.selectedNode.value)return null;let n=e.to-e.from,r=e.actual-e.predicted,a=t.graph.name(t.root.value),o=t.hidden(e.node);return e.held>=0?l("p",{class:"mg-change mg-muted",role:"status",children:[t.graph.name(e.held)," depends on this, and was made by hand: only Python can compute it anew, so it stays as it was."]}):l("div",{class:"mg-change",role:"status",children:[l("p",{children:[t.graph.name(e.node)," changed by ",Xe(n)]}),o?l("p",{class:"mg-muted",children:"The prediction would give the answer away."}):l("table",{children:l("tbody",{children:[l("tr",{children:[l("th",{scope:"row",children:"predicted, grad · Δ"}),l("td",{children:l(U,{children:Xe(e.predicted)})})]}),l("tr",{children:[l("th",{scope:"row",children:["actual change of ",a]}),l("td",{children:l("b",{class:"mg-t-data",children:Xe(e.actual)})})]})]})}),!o&&l("p",{class:"mg-muted",children:X(e.predicted,e.actual)||Math.abs(r)<1e-12*Math.abs(e.to)?"Exactly as predicted: along this value it is a straight line.":`Off by ${k(r,3)}: the slope changes on the way. A smaller step comes closer.`})]})}function lr({store:t}){let e=t.selectedNode.value;if(e>=0)return l(ur,{store:t,node:e});let n=t.selected.value;return n?l(no,{store:t,group:t.tree.groups[Number(n.slice(1))]}):l("section",{class:"mg-card mg-value-part",tabIndex:-1,children:[l("h2",{children:"Nothing selected"}),l("p",{class:"mg-muted",children:"Click a value, or press an arrow key in the graph, to see where its gradient comes from."})]})}function no({store:t,group:e}){let n=t.open.value.has(e.id);return l(L,{children:[l("section",{class:"mg-card mg-value-part",tabIndex:-1,children:[l("h2",{children:e.label}),l("p",{children:[e.count.toLocaleString("en")," values",n?".":", folded into one box."]}),l("div",{class:"mg-row",children:l("button",{type:"button",onClick:()=>t.setOpen(e,!n),children:n?"Fold":"Unfold"})})]}),e.output>=0&&l(ur,{store:t,node:e.output})]})}function ur({store:t,node:e}){let{graph:n}=t,r=n.isLeaf(e),a=t.known.value[e]===1,o=t.tree.around(e),s=n.held.get(e),i=t.right.value.grad[e];return l("section",{class:"mg-card mg-inspector mg-value-part",tabIndex:-1,children:[l("h2",{children:[n.labels[e]||n.name(e),l("span",{class:"mg-kind",children:e===t.root.value?"the output":n.isConstant(e)?"a constant":r?"a leaf":t.selected.value?.startsWith("g")?"what it puts out":n.sign(e)})]}),r?l(sr,{store:t,node:e},e):l("p",{class:"mg-line",children:["data"," ",a?l(de,{x:t.data.value[e]}):l("span",{class:"mg-muted",children:"not computed yet"}),a&&l("span",{class:"mg-muted mg-formula",children:[" ","= ",n.expression(e)," ="," ",n.expression(e,u=>k(t.data.value[u],4))]})]}),l(ir,{store:t}),l(ro,{store:t,node:e}),s!==void 0&&!X(s,i)&&!t.hidden(e)&&!t.edited.value.length&&e!==t.root.value&&l("p",{class:"mg-muted",children:["In Python its .grad is ",k(s),X(s,2*i)?", twice what one backward gives: was zero_grad forgotten?":"."]}),n.hasOwnBackward(e)&&l("p",{class:"mg-muted",children:"Its _backward was set by hand; the local derivatives are what it adds for an upstream gradient of 1."}),l("div",{class:"mg-row",children:[!r&&e!==t.root.value&&l("button",{type:"button",onClick:()=>t.setRoot(e),children:"Run backward from here"}),o.length>0&&l("button",{type:"button",onClick:()=>t.setOpen(o[0],!1),title:"f",children:["Fold ",o[0].label]})]})]})}function ro({store:t,node:e}){let{graph:n}=t,r=t.timeline.value.ledger(t.step.value,e,t.partials.value),{grad:a,reached:o}=t.gradients.value,s=t.wrong.value.has(e);if(t.hidden(e))return l("p",{class:"mg-line",children:["grad ",l(U,{children:"?"})]});let i=e===t.root.value;if(n.isConstant(e))return l("p",{class:"mg-line mg-muted",children:"A number of the formula: nobody asks how fast the result changes with it."});if(!o[e])return l("p",{class:"mg-line",children:["grad ",l("span",{class:"mg-muted",children:"blank: backward has not come here yet"})]});let u=f=>f.run>1?`run ${f.run}: ${n.name(f.node)}`:n.name(f.node),c=r.length>200?r.slice(-200):r,{timeline:p,step:h,partials:d,asLeft:m}=t,g=!m.value||X(p.value.play(h.value,d.value).grad[e],a[e]),v=r.some(f=>f.lost)?"the last one":"the sum";return l(L,{children:[l("table",{class:"mg-ledger",children:[l("caption",{children:["Where ",n.name(e),".grad ",g?"comes":"should come"," from"]}),l("thead",{children:l("tr",{children:[l("th",{scope:"col",children:"through"}),l("th",{scope:"col",children:"local ∂"}),l("th",{scope:"col",children:"upstream"}),l("th",{scope:"col",children:"adds"})]})}),l("tbody",{children:[i&&l("tr",{children:[l("td",{children:"itself"}),l("td",{}),l("td",{}),l("td",{children:l(U,{children:"1.0"})})]}),r.length>c.length&&l("tr",{children:l("td",{colSpan:4,class:"mg-muted",children:["… ",r.length-c.length," before these"]})}),c.map((f,b)=>l("tr",{class:f.lost?"mg-lost":"",children:[l("td",{children:u(f)}),l("td",{children:l(er,{x:f.partial})}),l("td",{children:l(U,{children:k(f.upstream)})}),l("td",{children:[l(U,{children:k(f.amount)}),f.lost&&l("span",{class:"mg-sr",children:" overwritten"})]})]},b))]}),l("tfoot",{children:l("tr",{class:s?"mg-wrong-sum":"",children:[l("th",{scope:"row",colSpan:3,children:["grad, ",g?v:"as your lines left it"]}),l("td",{children:l(U,{children:k(a[e])})})]})})]}),s&&l("p",{class:"mg-t-wrong mg-verdict",children:["✗ wrong: the right gradient is ",k(t.right.value.grad[e])]})]})}var le=([t,...e])=>[t==="set"?"add":t,...e].join(" "),Ze=class{constructor(e){this.data=e;let{way:n}=e;this.told={root:-1,made:[],order:[],added:[],assigned:new Set,way:n},e.frames.forEach(()=>this.byFrame.push([])),e.moments.forEach(([a,,,,o],s)=>{this.byFrame[a].push(s);for(let i of o)i[0]==="made"?this.told.made.push(i[1]):i[0]==="seed"?this.told.root=i[1]:i[0]==="add"||i[0]==="set"?(this.told.added.push([i[1],i[2]]),i[0]==="set"&&this.told.assigned.add(`${i[1]} ${i[2]}`)):this.told.order.push([i[0],i[1]])});let r=e.moments.map((a,o)=>o);this.shown={all:this.withoutEcho(r),line:this.withoutEcho(r.filter(a=>!this.fn(a).kind))}}data;told;byFrame=[];shown;fn(e){return this.data.functions[this.data.frames[this.data.moments[e][0]][0]]}withoutEcho(e){return e.filter((n,r)=>{let[a,o,s]=this.data.moments[n],i=this.data.moments[e[r+1]];return!s||!i||i[0]!==a||i[1]!==o})}beside(e,n,r){let a=this.shown[r];return n>0?a.find(o=>o>e)??e:a.findLast(o=>o<e)??-1}isLast(e,n){return e>=this.shown[n][this.shown[n].length-1]}stack(e){let n=[];for(let r=this.data.moments[e]?.[0]??-1;r>=0;r=this.data.frames[r][1]){let a=this.byFrame[r].findLast(s=>s<=e)??e,o=this.data.functions[this.data.frames[r][0]];n.unshift({frame:r,fn:o,line:this.data.moments[a][1]})}return n}names(e,n){let r=new Map;for(let s of this.byFrame[e]){if(s>n)break;let i=this.data.moments[s][3];for(let u=0;u<i.length;u+=2)r.set(this.data.names[i[u]],this.data.things[i[u+1]])}let a=this.data.functions[this.data.frames[e][0]];a.captured.includes(a.name)&&r.delete(a.name);let o=s=>a.captured.includes(s)?s==="self"?2:3:s==="return"?4:a.arguments.includes(s)?0:1;return new Map([...r].sort(([s],[i])=>o(s)-o(i)))}changed(e){let[,,,n]=this.data.moments[e];return new Set(n.filter((r,a)=>a%2===0).map(r=>this.data.names[r]))}line(e,n){return this.data.files[e].text.split(`
`)[n-1]??""}},Je=class{steps;moments=new Map;constructor(e,n){let{moments:r}=e.data;this.steps=new Int32Array(r.length);let a=new Map;for(let[,,,,i]of r)for(let u of i)a.set(le(u),(a.get(le(u))??0)+1);let o=new Map,s=0;r.forEach(([,,,,i],u)=>{for(let c of i){let p=le(c),h=o.get(p)??0;o.set(p,h+1);let d=n.get(p)??[];d.length===a.get(p)&&(d=[d[h]]);for(let m of d)this.moments.has(m)||this.moments.set(m,u);d.length&&(s=d.find(m=>m>s)??d[0])}this.steps[u]=s})}step(e){return e<0?0:this.steps[e]}moment(e){for(let n=e;n>0;n--){let r=this.moments.get(n);if(r!==void 0)return r}return-1}};var nt=["forward","order","backward"],ao=0,oo=1,jt=2,et=["visit","again","append"],ye=-1,Wt=2e4,Pe=class{constructor(e,n,r,a,o=!0){this.graph=e;this.root=n;this.bugs=r;let s=a&&(a.root<0||a.root===n)?a:void 0;this.isTold=!r.naive&&!!(s?.way&&s.added.length),this.passes=this.isTold&&s?.way==="passed",this.isUnlike=!!(!r.naive&&s?.added.length&&!this.isTold),this.order=(s&&this.sortAs(s))??this.sort(),this.isTold&&s&&(this.acts=s.order.flatMap(([p,h])=>[et.indexOf(p),h])),this.inner=this.order.filter(p=>!e.isLeaf(p)),s&&(this.inner=cr(s.made,this.inner)??this.inner),(r.naive||!o)&&(this.acts.length=0);let i=!1;for(let p=0;p<(r.twice?2:1);p++)this.events.push(n,ye),r.naive?i=this.recurse()||i:this.inOrder(s);this.cut=i;for(let p=0;p<this.events.length;p+=2){let[h,d]=[this.events[p],this.events[p+1]];this.last.set(d===ye?h:e.parents[h][d],p/2)}let u=this.inner.length,c=u+this.acts.length/2;this.length=c+this.events.length/2,this.ends={forward:u,order:c,backward:this.length}}graph;root;bugs;order;inner;cut;isTold;isUnlike;passes;length;ends;acts=[];events=[];assigned=new Set;last=new Map;sort(){let e=[],n=new Uint8Array(this.graph.size),r=[this.root];for(;r.length;){let a=r.pop();if(a<0)this.acts.push(jt,~a),e.push(~a);else if(n[a])this.acts.push(oo,a);else{n[a]=1,this.acts.push(ao,a),r.push(~a);let o=this.graph.parents[a];for(let s=o.length-1;s>=0;s--)r.push(o[s])}}return e}sortAs({order:e}){let n=e.flatMap(([u,c])=>u==="append"?[c]:[]),r=new Map(n.map((u,c)=>[u,c])),a=this.sort(),o=this.acts.splice(0),s=a.every(u=>{let c=r.get(u);return c===void 0?this.graph.isLeaf(u):this.graph.parents[u].every(p=>(r.get(p)??-1)<c)}),i=new Set(a);if(!s||n.some(u=>!i.has(u)))return this.acts.push(...o),null;for(let[u,c]of e)this.acts.push(et.indexOf(u),c);return[...a.filter(u=>!r.has(u)),...n]}inOrder(e){let n=[];for(let o=this.order.length-1;o>=0;o--){let s=this.order[o];this.graph.parents[s].forEach((i,u)=>n.push([s,u]))}let r=([o,s])=>`${o} ${s}`,a=!!(e&&cr(e.added.map(r),n.map(r)));a&&(this.isUnlike=!1);for(let[o,s]of e&&(this.isTold||a)?e.added:n)this.graph.isConstant(this.graph.parents[o][s])||(e?.assigned.has(r([o,s]))&&this.assigned.add(this.events.length),this.events.push(o,s))}keys(){let e=new Map,n=(r,a)=>e.set(r,[...e.get(r)??[],a]);this.inner.forEach((r,a)=>n(le(["made",r]),a+1));for(let r=0;r<this.acts.length;r+=2)n(le([et[this.acts[r]],this.acts[r+1]]),this.ends.forward+r/2+1);for(let r=0;r<this.events.length;r+=2){let[a,o]=[this.events[r],this.events[r+1]],s=o===ye?le(["seed",a]):le(["add",a,o]);n(s,this.ends.order+r/2+1)}return e}recurse(){let e=this.events.length+2*Wt,n=[[this.root,0]];for(;n.length;){let[r,a]=n.pop(),o=this.graph.parents[r];if(a!==o.length&&(n.push([r,a+1]),!this.graph.isConstant(o[a]))){if(this.events.push(r,a),this.events.length>e)return!0;n.push([o[a],0])}}return!1}reused(){let e=new Uint32Array(this.graph.size);for(let n of this.inner)for(let r of this.graph.parents[n])e[r]++;return this.order.filter(n=>e[n]>1)}phaseOf(e){return e<=0?"start":e<=this.ends.forward?"forward":e<=this.ends.order?"order":"backward"}at(e){let n=Math.min(e,this.length);if(n<=0)return{phase:"start"};if(n<=this.ends.forward)return{phase:"forward",node:this.inner[n-1]};if(n<=this.ends.order){let i=2*(n-this.ends.forward-1);return{phase:"order",act:et[this.acts[i]],node:this.acts[i+1]}}let r=2*(n-this.ends.order-1),[a,o]=[this.events[r],this.events[r+1]],s=0;for(let i=0;i<=r;i+=2)s+=+(this.events[i+1]===ye);return o===ye?{phase:"backward",act:"seed",node:a,run:s}:{phase:"backward",act:"add",assigns:this.assigns(r),node:a,slot:o,parent:this.graph.parents[a][o],run:s}}assigns(e){return this.bugs.assign||this.assigned.has(e)}get mayBeWrong(){return this.bugs.assign||this.assigned.size>0||this.isTold}computed(e){let n=new Uint8Array(this.graph.size).fill(1);for(let r=Math.max(0,e);r<this.inner.length;r++)n[this.inner[r]]=0;return n}listed(e){if(this.bugs.naive||e<=this.ends.forward)return[];let n=[],r=2*(Math.min(e,this.ends.order)-this.ends.forward);for(let a=0;a<r;a+=2)this.acts[a]===jt&&n.push(this.acts[a+1]);return n}ordering(e){let n=new Map,r=new Set,a=2*(Math.min(e,this.ends.order)-this.ends.forward);for(let o=0;o<a;o+=2)r.add(this.acts[o+1]),this.acts[o]===jt&&n.set(this.acts[o+1],n.size);return{places:n,visited:r}}play(e,n,r){let a=new Float64Array(this.graph.size),o=this.passes?new Float64Array(this.graph.size):a,s=new Uint8Array(this.graph.size),i=2*(Math.min(e,this.length)-this.ends.order),u=0;for(let c=0;c<i;c+=2){let[p,h]=[this.events[c],this.events[c+1]];if(h===ye){for(let b of this.inner)a[b]=s[b]=0;a[p]+=1,o[p]=a[p],s[p]=1,u+=1;continue}let d=this.graph.parents[p][h],m=n.of(p)[h],g=o[p],v=m*g,f=this.assigns(c);r?.(d,{node:p,slot:h,run:u,partial:m,upstream:g,amount:v,assigns:f}),a[d]=f?v:a[d]+v,this.passes&&(o[d]=v),s[d]=1}return{grad:a,reached:s}}ledger(e,n,r){let a=[],o=!this.graph.isLeaf(n);return this.play(e,r,(s,i)=>{if(s===n){if(o&&a.length&&a[0].run!==i.run&&(a.length=0),i.assigns)for(let u of a)u.lost=!0;a.push({...i,lost:!1})}}),a}upstream(e,n,r){if(!this.passes)return this.play(e,r).grad[n];let a=n===this.root?1:0;return this.play(e,r,(o,{amount:s})=>{o===n&&(a=s)}),a}isSettled(e,n){let r=this.last.get(e);return r!==void 0&&this.ends.order+r+1<=n}};function cr(t,e){let n=new Set(e),r=t.filter(a=>n.has(a));return new Set(r).size===n.size&&r.length===e.length?r:null}var tt=class{constructor(e,n){this.graph=e;this.data=n}graph;data;known=new Map;of(e){let n=this.known.get(e);return n||(n=this.graph.partials(e,this.data),this.known.set(e,n)),n}};var pr=[[". and ,","one step on, one step back (also → and ← outside the graph)"],["space","play, pause"],["1 2 3","to the forward pass, the order, backward"],["o","skip the order, or show it again"],["Home, End","to the first step, to the last"],["arrow keys in the graph","select: ← a parent, → a child, ↑ ↓ above and below"],["Enter","edit the selected leaf, unfold the selected box"],["f","fold what the selected value is in, unfold a box"],["Shift + arrow keys","move the picture"],["+ − 0","closer, further, everything"],["p","predict: say what comes next before it is shown"],["/","search"],["d","dark or light"],["?","this list; Esc closes it"]];function dr(t,e,n,r,a){let o=t.target;if(t.ctrlKey||t.metaKey||t.altKey||a?.open||t.defaultPrevented||o.matches("input:not([type=range]):not([type=checkbox]), textarea, select"))return;let i=o.matches("button, input[type=checkbox]"),u=o.matches("input[type=range]"),c={".":()=>e.advance(1),",":()=>e.advance(-1),"+":()=>n?.zoom(1.25),"=":()=>n?.zoom(1.25),"-":()=>n?.zoom(.8),0:()=>n?.fit(),"/":()=>r.querySelector(".mg-search input")?.focus(),"?":()=>a?.showModal(),o:()=>e.setOrder(!e.withOrder.value),p:()=>{e.predicting.value=!e.predicting.value},d:()=>{e.theme.value=so(r)?"light":"dark"}};nt.forEach((h,d)=>{c[String(d+1)]=()=>e.goToPhase(h)}),i||(c[" "]=()=>{e.playing.value=!e.playing.value}),u||(c.ArrowRight=c["."],c.ArrowLeft=c[","],c.Home=()=>e.goTo(0),c.End=()=>e.goTo(e.timeline.value.length));let p=c[t.key];p&&(t.preventDefault(),p())}function so(t){let e=t.dataset.theme;return e==="auto"?matchMedia("(prefers-color-scheme: dark)").matches:e==="dark"}var io=[{bug:"assign",title:"= instead of +=",text:"each contribution overwrites the one before"},{bug:"twice",title:"no zero_grad",text:"backward runs again on top of the old gradients"},{bug:"naive",title:"plain recursion",text:"no topological order: a value passes on what it has so far"}];function mr({store:t}){let e=a=>ee(()=>{t.keepingPlace(()=>{t.bugs.value={...t.bugs.value,[a]:!t.bugs.value[a]}}),t.broken.value&&t.phase.value!=="backward"&&t.goTo(t.timeline.value.length)}),n=[...t.wrong.value].filter(a=>!t.hidden(a)),r=t.step.value>=t.timeline.value.length;return l("section",{class:"mg-card mg-break-part",tabIndex:-1,children:[l("h2",{children:"Break it"}),io.map(({bug:a,title:o,text:s})=>l("label",{class:"mg-toggle",children:[l("input",{type:"checkbox",checked:t.bugs.value[a],onChange:()=>e(a)}),l("span",{children:[l("b",{children:o}),l("small",{children:s})]})]},a)),t.broken.value&&l("div",{role:"status",class:"mg-outcome",children:n.length>0?l(L,{children:[l("p",{class:"mg-t-wrong",children:["✗ ",n.length.toLocaleString("en")," wrong"," ",n.length===1?"gradient":"gradients"]}),l("table",{children:[l("thead",{children:l("tr",{children:[l("th",{scope:"col",children:"value"}),l("th",{scope:"col",children:"broken"}),l("th",{scope:"col",children:"right"})]})}),l("tbody",{children:n.slice(0,8).map(a=>l("tr",{children:[l("td",{children:l("button",{type:"button",class:"mg-link",onClick:()=>t.reveal(a),children:t.graph.name(a)})}),l("td",{class:"mg-t-wrong",children:k(t.gradients.value.grad[a])}),l("td",{children:l(U,{children:k(t.right.value.grad[a])})})]},a))})]})]}):r?l("p",{children:["✓ Every gradient is right all the same: ",lo(t)]}):l("p",{class:"mg-muted",children:"Step to the end to see what goes wrong."})})]})}function lo({bugs:t,timeline:e,graph:n}){let{assign:r,twice:a,naive:o}=t.value,s=e.value.reused();return Number(r)+Number(a)+Number(o)>1?"together they do no harm here.":a?"twice each leaf's gradient is the same number, as twice 0 is 0.":r?s.length?"what is overwritten adds up to 0.":"here no value is used twice.":s.some(i=>!n.isLeaf(i))?"what is passed on too often adds up to 0.":"here no computed value is used twice. Try d = a*b; e = d*d."}var rt=62,Ut=t=>be(t,9),Vt=t=>Math.max(36,Math.min(54,[...Ut(t)].length*7.2+14)),at=t=>rt-8-Vt(t);function hr(t,e,n,r,a,o){let s=[t.x+t.w/2,t.y+r/5],i=[e.x-e.w/2+o,e.y+(r?r/3:a)],u=[s,...n,i],c=[],p=null;for(let h=1;h<u.length;h++){let[[d,m],[g,v]]=[u[h-1],u[h]],f=Math.max(12,Math.abs(g-d)*.5),b=Math.abs(v-m)<1&&!r,_=`C${te(d+f)} ${te(m+r)} ${te(g-f)} ${te(v+r)} `,y=`M${te(d)} ${te(m)}${b?"L":_}${te(g)} ${te(v)}`,[w,C]=[Math.min(m,v)-Math.abs(r),Math.max(m,v)+Math.abs(r)];c.push({path:y,bounds:[Math.min(d,g)-f,w,Math.max(d,g)+f,C]}),g-d>30&&(p=uo(d,m,g,v,f,r))}return{pieces:c,points:u,label:p}}var te=t=>Math.round(t*10)/10;function uo(t,e,n,r,a,o){let s=Math.abs(r-e)<30?.5:.42,[i,u,c,p]=[(1-s)**3,3*(1-s)**2*s,3*(1-s)*s**2,s**3];return[te(i*t+u*(t+a)+c*(n-a)+p*n),te(i*e+u*(e+o)+c*(r+o)+p*r)]}var st=30,ot=18,qt=t=>`n${t}`,we=t=>`g${t.id}`,it=class{constructor(e,n){this.picture=e;this.graph=n;this.root=this.build(e.tree,null,0),this.findOutputs()}picture;graph;root;groups=[];home=[];place=[];routes=new Map;build(e,n,r){let a={id:this.groups.length,label:e.label,kind:e.kind,parent:n,place:r,items:[],shape:e.shape===void 0?null:this.picture.shapes[e.shape],count:0,output:-1,foldedAtFirst:e.folded};return this.groups.push(a),a.items=e.items.map((o,s)=>{if(typeof o!="number"){let i=this.build(o,a,s);return a.count+=i.count,i}return this.home[o]=a,this.place[o]=s,a.count+=1,o}),a}findOutputs(){let e=new Map;for(let n=0;n<this.graph.size;n++){let r=this.graph.children[n],a=this.graph.roots.includes(n);for(let o of this.around(n))(a||r.some(i=>!this.around(i).includes(o)))&&e.set(o,e.has(o)?-1:n)}for(let[n,r]of e)n.output=r}around(e){let n=[];for(let r=this.home[e];r?.parent;r=r.parent)n.push(r);return n}shown(e,n){let r=qt(e);for(let a=this.home[e];a?.parent;a=a.parent)n.has(a.id)||(r=we(a));return r}homeOf(e){let n=Number(e.slice(1));return e[0]==="n"?this.home[n]:this.groups[n].parent}label(e){let n=e.group?.label??this.graph.labels[e.node],r=this.homeOf(e.key)?.label;return r&&n.startsWith(`${r}.`)?n.slice(r.length+1):n}scene(e){let n=new Map,r=[],a=new Map,o=this.arrange(this.root,e),s=(i,u,c,p)=>{a.set(i,(h,d)=>{let[m,g]=u.move(h,d);return[c+m,p+g]}),i.items.forEach((h,d)=>{let[m,g]=u.centres[d],[v,f]=u.sizes[d],[b,_]=[c+m,p+g];if(typeof h=="number"){n.set(qt(h),{key:qt(h),node:h,group:null,open:!1,x:b,y:_,w:v,h:f});return}let y=e.has(h.id),w={key:we(h),node:-1,group:h,open:y,x:b,y:_,w:v,h:f};n.set(w.key,w),y&&(r.push(w),s(h,this.arrange(h,e),b-v/2+ot,_-f/2+st+ot/2))})};return s(this.root,o,0,0),{boxes:n,frames:r,edges:this.edges(n,a,e),width:o.w,height:o.h}}sizeOf(e,n){let r=this.picture.sizes;if(typeof e=="number")return this.graph.isLeaf(e)?this.graph.labels[e]?r.leaf:r.number:r.value;if(!n.has(e.id))return r.group;let a=this.arrange(e,n);return[a.w+2*ot,a.h+st+1.5*ot]}arrange(e,n){let r=e.items.map(v=>this.sizeOf(v,n)),a=new Set,o=e.items.map(v=>this.sizeOf(v,a)),{size:s,at:i}=e.shape??this.grid(o),u=new Map;e.items.forEach((v,f)=>{let b=u.get(i[2*f])??[];u.set(i[2*f],[...b,f])});let c=[],p=[],h=0;for(let v of[...u.keys()].sort((f,b)=>f-b)){let f=u.get(v).sort((E,S)=>i[2*E+1]-i[2*S+1]),b=Math.max(...f.map(E=>o[E][0]))/2,_=Math.max(...f.map(E=>r[E][0]))-2*b,y=f.reduce((E,S)=>E+r[S][1]-o[S][1],0),w=-y/2,C=[];for(let E of f){let S=r[E][1]-o[E][1];c[E]=[v+h+_/2,i[2*E+1]+w+S/2],w+=S,C.push([i[2*E+1],w])}p.push({x:v,half:b,shift:h,grown:_,rows:C,up:-y/2}),h+=_}let d=0,m=s[1];c.forEach(([,v],f)=>{d=Math.min(d,v-r[f][1]/2),m=Math.max(m,v+r[f][1]/2)});for(let v of c)v[1]-=d;let g=(v,f)=>{let b=0,_=0;for(let y of p){if(v<y.x-y.half-1)break;if(b=v>y.x?y.shift+y.grown:y.shift,v<=y.x+y.half+1){_=y.up;for(let[w,C]of y.rows)w<f&&(_=C)}}return[v+b,f+_-d]};return{w:s[0]+h,h:m-d,centres:c,sizes:r,move:g}}grid(e){let n=Math.max(...e.map(s=>s[0]))+28,r=Math.max(...e.map(s=>s[1]))+18,a=e.length<=16?e.length:Math.ceil(Math.sqrt(e.length*n/r/1.6)),o=e.flatMap((s,i)=>[(Math.floor(i/a)+.5)*n-14,(i%a+.5)*r-9]);return{size:[Math.ceil(e.length/a)*n-28,Math.min(a,e.length)*r-18],at:o}}edges(e,n,r){let a=this.graph.parents.map((u,c)=>this.shown(c,r)),o=new Map,s=[],i=new Map;return this.graph.parents.forEach((u,c)=>{u.forEach((p,h)=>{let[d,m]=[a[p],a[c]];if(d===m)return;let g=`${d} ${m}`,v=i.get(g)??0;i.set(g,v+1);let f=d[0]==="n"&&m[0]==="n",b=o.get(g);if(!f&&b){b.count+=1;return}let _=f?u.filter(ae=>ae===p).length:1,y=_>1?(v-(_-1)/2)*26:0,w=f?(h-(u.length-1)/2)*Math.min(9,40/u.length):0,C=this.route(p,c,r,n,v),E=m[0]==="n"?at(this.graph.sign(c))+3:0,S=hr(e.get(d),e.get(m),C,y,w,E),N={from:d,to:m,node:f?c:-1,slot:f?h:-1,count:1,far:this.homeOf(d)!==this.homeOf(m),...S};s.push(N),f||o.set(g,N)})}),s}route(e,n,r,a,o){let s=v=>{let f=[],b=this.place[v];for(let _=this.home[v];_;_=_.parent)f.unshift([_,b]),b=_.place;return f},[i,u]=[s(e),s(n)],c=0;for(;i[c+1]&&u[c+1]&&i[c][1]===u[c][1]&&i[c+1][0]===u[c+1][0];)c++;let p=i[c][0],h=a.get(p);if(!p.shape||!h||p.parent&&!r.has(p.id))return[];let d=this.routes.get(p.shape);if(!d){d=new Map;for(let[v,f,b]of p.shape.routes){let _=`${v} ${f}`;d.set(_,[...d.get(_)??[],b])}this.routes.set(p.shape,d)}let m=d.get(`${i[c][1]} ${u[c][1]}`)??[[]],g=m[Math.min(o,m.length-1)];return Array.from({length:g.length/2},(v,f)=>h(g[2*f],g[2*f+1]))}};var co="http://www.w3.org/2000/svg";function $(t,e,n,r){let a=document.createElementNS(co,t);for(let[o,s]of Object.entries(e))a.setAttribute(o,String(s));return r!==void 0&&(a.textContent=r),n?.append(a),a}function me(t,e){for(let n=5;n>2;n--){let r=k(t,n);if(r.length<=e)return r}return Zn(t)}var fr=6;function gr(t,e,n,r){if(t.open)return po(t,e,n,r.frames);let a=$("g",{transform:`translate(${t.x-t.w/2} ${t.y-t.h/2})`},r.boxes);return a.dataset.key=t.key,t.group?mo(t,e,n,a):ho(t,e,n,a)}function po(t,e,n,r){let a=$("g",{transform:`translate(${t.x-t.w/2} ${t.y-t.h/2})`},r);a.dataset.key=t.key,$("rect",{class:"mg-frame",width:t.w,height:t.h,rx:14},a);let o=Math.floor(t.w/(e==="small"?14:9))-3;$("text",{class:"mg-frame-label",x:40,y:21},a,be(n.tree.label(t),o)),$("path",{class:"mg-fold",d:"M15 12h14v8h-14z M18 16h8"},a),$("title",{},a,t.group?.label??"");let s=$("rect",{class:"mg-hit",width:t.w,height:st,rx:10},a);return s.dataset.fold="1",{box:t,element:a,keys:[]}}function mo(t,e,n,r){let a=t.group;$("rect",{class:"mg-stack",x:6,y:-5,width:t.w-12,height:t.h,rx:12},r),$("rect",{class:"mg-box",width:t.w,height:t.h,rx:12},r);let o={box:t,element:r,keys:[]},s=be(n.tree.label(t),e==="small"?18:25);if($("text",{class:"mg-label",x:t.w/2,y:27,"text-anchor":"middle"},r,s),$("title",{},r,a?.label??""),a&&a.output>=0)o.data=$("text",{class:"mg-data",x:14,y:50},r),o.grad=$("text",{class:"mg-grad",x:t.w-34,y:50,"text-anchor":"end"},r);else{let i=`${(a?.count??0).toLocaleString("en")} values`;$("text",{class:"mg-count",x:t.w/2,y:48,"text-anchor":"middle"},r,i)}return $("path",{class:"mg-fold",d:`M${t.w-24} 40h10 M${t.w-19} 35v10`},r),o}function ho(t,e,n,r){let{graph:a}=n,o=a.isLeaf(t.node),s=o?0:rt,i=t.w-s;o||fo(t,n,r),$("rect",{class:"mg-box",x:s,width:i,height:t.h,rx:10},r);let u={box:t,element:r,keys:[]},c=a.labels[t.node],p=e==="small",h=p?23:21,d=p?22:24;if(c||!o){let v=$("text",{class:c?"mg-label":"mg-label mg-auto",x:s+11,y:d},r);v.textContent=be(c?n.tree.label(t):a.name(t.node),p?9:12),d+=h}$("title",{},r,c||(o?a.name(t.node):a.expression(t.node)));let m=a.isConstant(t.node);m&&(d=t.h/2+5);let g=p?8:11;return u.keys.push($("text",{class:"mg-key",x:s+g,y:d},r,"data")),u.data=$("text",{class:"mg-data",x:s+i-10,y:d,"text-anchor":"end"},r),u.badge=$("g",{class:"mg-badge",transform:`translate(${s} 0)`},r),$("circle",{r:13},u.badge),$("text",{y:5,"text-anchor":"middle"},u.badge),m||(d+=h,u.keys.push($("text",{class:"mg-key",x:s+g,y:d},r,"grad")),u.grad=$("text",{class:"mg-grad",x:s+i-10,y:d,"text-anchor":"end"},r)),u}function fo(t,e,n){let{graph:r}=e,a=r.sign(t.node),o=Ut(a),s=Vt(a),i=at(a),u=t.h/2;$("path",{class:"mg-wire",d:`M${i+s} ${u}H${rt}`},n),$("rect",{class:"mg-op",x:i,y:u-18,width:s,height:36,rx:18},n);let c=o.length<3?20:o.length<6?14:o.length<8?11:9.5,p={class:"mg-symbol",x:i+s/2,y:u+c*.35,"font-size":c,"text-anchor":"middle"};$("text",p,n,o)}function vr(t,e,n,r,a){let o=n.selected.value,{box:s}=t,i=n.current.value,u=n.ordering.value,c=s.open?"mg-open":s.group?"mg-group":"mg-value";s.key===o&&(c+=" mg-selected"),r.has(s.key)&&(c+=` mg-lit mg-lit-${i.phase}`),a.has(s.key)&&(c+=" mg-wrong");let p=s.node>=0?s.node:s.open?-1:s.group?.output??-1;if(p>=0){let h=n.known.value[p]===1,d=e==="small"?fr:7;h||(c+=" mg-unknown"),n.graph.isLeaf(p)&&(c+=" mg-leaf"),p===n.root.value&&(c+=" mg-root");let{grad:m,reached:g}=n.gradients.value,v=h?me(n.data.value[p],d):"",f=n.hidden(p),b=f?"?":g[p]?me(m[p],d):"";f&&(c+=" mg-asked");let _=u?.places.get(s.node);_!==void 0?c+=" mg-listed":u?.visited.has(s.node)&&(c+=" mg-visited");let y=_===void 0?"":String(_+1);t.badge&&t.shownBadge!==y&&(t.shownBadge=y,t.badge.lastElementChild.textContent=y,t.badge.style.display=y?"":"none"),t.keys.forEach((w,C)=>{let S=e==="small"&&(C?b:v).length>fr?"none":"";w.style.display!==S&&(w.style.display=S)}),t.data&&t.shownData!==v&&(t.data.textContent=t.shownData=v),t.grad&&t.shownGrad!==b&&(t.grad.textContent=t.shownGrad=b)}t.shownClass!==c&&(t.shownClass=c,t.element.setAttribute("class",c))}function br(t,e,n,r,a){for(let o of a.querySelectorAll(".mg-right"))o.remove();for(let o of t){let s=e.get(o);if(!s||s.box.node<0)continue;let{box:i}=s,u=`right: ${me(r.right.value.grad[i.node],n==="small"?6:8)}`,c=$("g",{class:"mg-right",transform:`translate(${i.x+i.w/2} ${i.y+i.h/2+9})`},a),p=u.length*(n==="small"?11:7.6)+18;$("rect",{x:-p+8,y:-10,width:p,height:23,rx:11.5},c),$("text",{x:-p/2+8,y:6,"text-anchor":"middle"},c,u)}}function yr(t,e,n,r,a){let o=$("g",{class:"mg-edge"},a.edges),s=$("path",{},o),i={edge:t,element:o,line:s};if(!t.label||t.node<0&&(t.count===1||t.far)||!go(t,e,n,r))return i;let[u,c]=t.label;i.pill=$("g",{class:"mg-pill",transform:`translate(${u} ${c})`},a.pills);let p=e==="small"?14:11;return $("rect",{x:-30,y:-p,width:60,height:2*p,rx:p},i.pill),i.text=$("text",{y:e==="small"?6.5:4.5,"text-anchor":"middle"},i.pill),i}function go(t,e,n,r){if(!t.label||t.node>=0&&n.graph.parents[t.node].length<=2)return!0;for(let a of r.values()){if(!a.pill||!a.edge.label)continue;let[o,s]=[a.edge.label[0]-t.label[0],a.edge.label[1]-t.label[1]];if(Math.abs(o)<62&&Math.abs(s)<(e==="small"?28:21))return!1}return!0}function wr(t,e,n,r,a){let o=n.selected.value,{edge:s}=t,i=n.current.value,u=s.far?"mg-edge mg-far":"mg-edge",c=s.count>1?`${s.count.toLocaleString("en")}×`:"";if(s.node>=0){let p=n.partials.value.of(s.node)[s.slot];c=i.phase!=="backward"?"":e==="small"?me(p,5):`∂ ${me(p,7)}`,i.phase==="backward"&&i.act==="add"&&i.node===s.node&&i.slot===s.slot&&(u+=" mg-flow"),i.phase==="forward"&&i.node===s.node&&(u+=" mg-forward")}else r&&s.from===r&&s.to===a&&(u+=" mg-flow");if(o&&(s.from===o||s.to===o)&&(u+=" mg-near"),t.shownClass!==u&&(t.shownClass=u,t.element.setAttribute("class",u),t.pill?.setAttribute("class",u.replace("mg-edge",s.node>=0?"mg-pill":"mg-pill mg-many"))),s.far&&!/mg-(flow|near|forward)/.test(u)&&(c=""),t.text&&t.shown!==c){t.shown=t.text.textContent=c;let p=c.length*(e==="small"?5.7:3.9)+9,h=t.pill?.firstElementChild;h?.setAttribute("x",String(-p)),h?.setAttribute("width",String(2*p)),t.pill.style.display=c?"":"none"}}function xr(t,e,n){let r=[],a=null,o=!1,s=null,i=0,u=(d,m,g)=>{t.addEventListener(d,m,g),r.push(()=>t.removeEventListener(d,m,g))},c=new Map,p=0;u("pointerdown",d=>{if(d.button!==0)return;c.set(d.pointerId,[d.clientX,d.clientY]),a=[d.clientX,d.clientY],o=!1,i=d.clientX;let m=vo(d.target,n);s=m<0?null:n.dragLeaf(m),m>=0&&(n.selected.value=`n${m}`)}),u("pointermove",d=>{if(!c.has(d.pointerId))return;if(c.set(d.pointerId,[d.clientX,d.clientY]),c.size===2){s=null;let[v,f]=[...c.values()],b=Math.hypot(v[0]-f[0],v[1]-f[1]),{left:_,top:y}=t.getBoundingClientRect();p&&e.zoom(b/p,(v[0]+f[0])/2-_,(v[1]+f[1])/2-y),p=b,o=!0;return}if(!a)return;let[m,g]=[d.clientX-a[0],d.clientY-a[1]];if(!(!o&&Math.hypot(m,g)<4)){if(o||t.setPointerCapture(d.pointerId),o=!0,s){s(Math.round((d.clientX-i)/2));return}t.classList.add("mg-grabbing"),e.pan(m,g),a=[d.clientX,d.clientY]}});let h=d=>{c.delete(d.pointerId),p=0,a=null,s=null,t.classList.remove("mg-grabbing")};return u("pointerup",h),u("pointercancel",h),u("click",d=>{if(o)return;let m=d.target,{left:g,top:v}=t.getBoundingClientRect(),f=m.closest("[data-key]")?.dataset.key??e.at(d.clientX-g,d.clientY-v),b=f?n.scene.value.boxes.get(f):void 0;b?b.group&&b.open?m.dataset.fold&&n.setOpen(b.group,!1):(n.selected.value=b.key,b.group&&n.setOpen(b.group,!0),e.approach(b.key)):n.selected.value=null}),u("wheel",d=>{d.preventDefault();let{left:m,top:g}=t.getBoundingClientRect();d.ctrlKey||d.metaKey||d.deltaMode===0&&Math.abs(d.deltaX)<1&&!d.shiftKey?e.zoom(Math.exp(-d.deltaY*.0016),d.clientX-m,d.clientY-g):e.pan(-d.deltaX-(d.shiftKey?d.deltaY:0),d.shiftKey?0:-d.deltaY)},{passive:!1}),u("keydown",d=>bo(d,t,e,n)),()=>{for(let d of r)d()}}function vo(t,e){let n=t.closest(".mg-leaf[data-key]")?.dataset.key??"",r=n.startsWith("n")?Number(n.slice(1)):-1;return r>=0&&e.graph.isLeaf(r)?r:-1}function bo(t,e,n,r){if(t.ctrlKey||t.metaKey||t.altKey)return;let o={ArrowLeft:"left",ArrowRight:"right",ArrowUp:"up",ArrowDown:"down"}[t.key],s=r.selected.value,i=s?r.scene.value.boxes.get(s):void 0;if(o&&t.shiftKey){let[u,c]={left:[80,0],right:[-80,0],up:[0,80],down:[0,-80]}[o];n.pan(u,c)}else if(o){let u=r.tree.shown(r.root.value,r.open.value),c=i?yo(r.scene.value,i,o):u;c&&(r.selected.value=c,n.show(c))}else if((t.key==="Enter"||t.key==="f")&&i?.group)r.setOpen(i.group,!i.open);else if(t.key==="Enter"&&i&&r.graph.isLeaf(i.node))e.closest(".mg-root-element")?.querySelector(".mg-leaf-input")?.focus();else if(t.key==="f"&&i){let u=r.tree.around(i.node)[0];u&&(r.selected.value=we(u),r.setOpen(u,!1))}else return;t.preventDefault(),t.stopPropagation()}function yo(t,e,n){let r=[...t.boxes.values()].filter(i=>!i.open&&i!==e),a=r;e.open?a=r.filter(i=>Math.abs(i.x-e.x)<e.w/2&&Math.abs(i.y-e.y)<e.h/2):n==="left"?a=r.filter(i=>_r(t,i.key,e.key)):n==="right"&&(a=r.filter(i=>_r(t,e.key,i.key)));let o=i=>{let[u,c]=[i.x-e.x,i.y-e.y];if(n==="left"||n==="right")return Math.abs(u)+2.5*Math.abs(c);let p=n==="up"?-c:c;return p<8&&!e.open?Number.POSITIVE_INFINITY:Math.abs(p)+2.5*Math.abs(u)},[s]=a.filter(i=>o(i)<Number.POSITIVE_INFINITY).sort((i,u)=>o(i)-o(u));return s?.key??null}var _r=(t,e,n)=>t.edges.some(r=>r.from===e&&r.to===n);var lt=class{constructor(e,n){this.store=n;this.canvas.className="mg-overview",this.canvas.setAttribute("aria-hidden","true"),e.prepend(this.canvas)}store;canvas=document.createElement("canvas");context=this.canvas.getContext("2d");clear(){this.canvas.width=0}remove(){this.canvas.remove()}draw(e,n,r,a,o,s){let{canvas:i,context:u,store:c}=this,p=window.devicePixelRatio||1;(i.width!==n*p||i.height!==r*p)&&(i.width=n*p,i.height=r*p);let h=getComputedStyle(i),d=y=>h.getPropertyValue(`--${y}`);u.setTransform(p,0,0,p,0,0),u.clearRect(0,0,n,r),u.lineWidth=.7,u.strokeStyle=d("edge");for(let y of e.edges){u.beginPath();for(let w=1;w<y.points.length;w++){let[C,E]=[y.points[w-1][0]*s+a,y.points[w-1][1]*s+o],[S,N]=[y.points[w][0]*s+a,y.points[w][1]*s+o];Math.max(C,S)<0||Math.min(C,S)>n||Math.max(E,N)<0||Math.min(E,N)>r||(u.moveTo(C,E),u.lineTo(S,N))}u.stroke()}let m={plain:d("card"),group:d("soft"),data:d("data-soft"),grad:d("grad-soft"),wrong:d("wrong"),lit:d("grad-strong"),selected:d("ink")},g=c.current.value,v=g.phase==="start"?-1:g.phase==="backward"&&g.act==="add"?g.parent:g.node,{reached:f}=c.gradients.value,b=v<0?"":c.tree.shown(v,c.open.value),_=y=>{if(y.key===c.selected.value)return m.selected;if(y.key===b)return m.lit;let w=y.node>=0?y.node:y.group?.output??-1;return w<0?m.group:c.wrong.value.has(w)?m.wrong:f[w]?m.grad:c.known.value[w]?m.data:m.plain};for(let y of e.boxes.values()){let[w,C]=[y.w*s,y.h*s],[E,S]=[y.x*s+a-w/2,y.y*s+o-C/2];E+w<0||E>n||S+C<0||S>r||(y.open||(u.fillStyle=_(y),u.fillRect(E,S,Math.max(w,2),Math.max(C,2))),w>5&&u.strokeRect(E,S,w,C))}}};var wo=120,Kt=64,Yt=24,_o=240,xo=.42,Qt=.68,ko=620,kr=.24,ut=class{constructor(e,n){this.host=e;this.store=n;this.svg=$("svg",{class:"mg-svg","aria-hidden":"true",focusable:"false"},e),this.world=$("g",{},this.svg);let r=()=>$("g",{},this.world);this.layers={frames:r(),edges:r(),boxes:r(),pills:r()},this.overview=new lt(e,n),this.scene=n.scene.value,this.stops.push(xr(e,this,n));let a=new ResizeObserver(()=>{this.touched?this.later():this.begin()});a.observe(e),this.stops.push(()=>a.disconnect());let o=!0;this.stops.push(q(()=>{let s=this.scene;this.scene=n.scene.value,e.classList.toggle("mg-dense",this.scene.edges.filter(i=>i.far).length>wo),!o&&s!==this.scene&&this.rearranged(s),o=!1}),q(()=>{n.gradients.value,n.known.value,n.wrong.value,n.current.value,n.selected.value,n.quiz.value,n.theme.value,this.update()})),this.begin()}host;store;svg;world;layers;boxes=new Map;edges=new Map;stops=[];x=0;y=0;scale=1;detail="full";overview;covered=null;scene;frame=0;touched=!1;close=!1;stop(){for(let e of this.stops)e();cancelAnimationFrame(this.frame),this.svg.remove(),this.overview.remove()}fit(){this.touched=!1;let{width:e,height:n}=this.host.getBoundingClientRect();if(!e||!n)return;let r=n-Kt,a=Math.min((e-48)/this.scene.width,(r-24)/this.scene.height,1.35);this.look(a,(e-this.scene.width*a)/2,(r+24-this.scene.height*a)/2)}begin(){this.fit();let e=this.store.selected.value??this.store.tree.shown(this.store.timeline.value.inner[0]??0,this.store.open.value),n=this.host.getBoundingClientRect().width<ko;this.close=this.scale<(n?xo:kr),this.close&&this.startAt(e),this.touched=!1}startAt(e){let n=this.scene.boxes.get(e);if(!n)return;let{width:r,height:a}=this.host.getBoundingClientRect(),o=Math.max(this.scale,Qt),s=(i,u,c,p)=>c*o+2*Yt<=p?(p-c*o)/2:Yt+(i+u/2)*o<=p?Yt:p/2-i*o;this.look(o,s(n.x,n.w,this.scene.width,r),s(n.y,n.h,this.scene.height,a-Kt))}zoom(e,n,r){this.touched=!0;let{width:a,height:o}=this.host.getBoundingClientRect(),[s,i]=[n??a/2,r??o/2],u=Math.min(3,Math.max(.01,this.scale*e)),c=u/this.scale;this.look(u,s-(s-this.x)*c,i-(i-this.y)*c)}pan(e,n){this.touched=!0,this.look(this.scale,this.x+e,this.y+n)}show(e,n=!1){let r=this.scene.boxes.get(e);if(!r)return;let{width:a,height:o}=this.host.getBoundingClientRect(),s=Math.max(this.scale,Qt),[i,u]=[this.x+r.x*this.scale,this.y+r.y*this.scale],[c,p]=[r.w/2*this.scale,r.h/2*this.scale];i-c>8&&u-p>8&&i+c<a-8&&u+p<o-Kt&&!n&&this.scale>=.4||(this.touched=!0,this.look(s,a/2-r.x*s,o/2-r.y*s))}at(e,n){if(this.detail!=="tiny")return;let[r,a]=[(e-this.x)/this.scale,(n-this.y)/this.scale],o=6/this.scale;for(let s of this.scene.boxes.values())if(!s.open&&Math.abs(s.x-r)<s.w/2+o&&Math.abs(s.y-a)<s.h/2+o)return s.key}approach(e){this.detail==="tiny"&&this.show(e,!0)}follow(e){(this.touched||this.close)&&this.scale>=.4&&this.show(e)}look(e,n,r){let{width:a,height:o}=this.host.getBoundingClientRect(),s=80;this.scale=e,this.x=Math.min(a-s,Math.max(s-this.scene.width*e,n)),this.y=Math.min(o-s,Math.max(s-this.scene.height*e,r)),this.later()}later(){this.frame||(this.frame=requestAnimationFrame(()=>this.draw()))}focus(e,n,r,a){let{width:o,height:s}=this.host.getBoundingClientRect(),i=Math.max(.3,Math.min(1.1,(o-90)/r,(s-90)/a));this.touched=!0,this.look(i,o/2-e*i,s/2-n*i)}rearranged(e){let n=this.store.selected.value,r=n?e.boxes.get(n):void 0,a=n?this.scene.boxes.get(n):void 0;this.clear(),a?.open&&!r?.open?this.focus(a.x,a.y,a.w,a.h):this.touched?r&&a&&this.look(this.scale,this.x+(r.x-a.x)*this.scale,this.y+(r.y-a.y)*this.scale):this.begin(),this.later()}clear(){this.boxes.clear(),this.edges.clear(),this.covered=null;for(let e of Object.values(this.layers))e.replaceChildren()}draw(){this.frame=0,this.world.setAttribute("transform",`translate(${this.x} ${this.y}) scale(${this.scale})`);let{width:e,height:n}=this.host.getBoundingClientRect(),r=-this.x/this.scale,a=-this.y/this.scale,[o,s]=[r+e/this.scale,a+n/this.scale],i=this.scale<kr?"tiny":this.scale<Qt?"small":"full";if(i!==this.detail&&(this.detail=i,this.svg.setAttribute("class",`mg-svg mg-${i}`),this.clear(),i!=="tiny"&&this.overview.clear()),i==="tiny"){this.overview.draw(this.scene,e,n,this.x,this.y,this.scale);return}let u=this.covered;if(u&&r>=u[0]&&a>=u[1]&&o<=u[2]&&s<=u[3])return;let c=_o/this.scale;this.cover([r-c,a-c,o+c,s+c])}cover(e){this.covered=e;let[n,r,a,o]=e,s=(i,u,c,p)=>c>=n&&i<=a&&p>=r&&u<=o;for(let i of this.scene.boxes.values()){let u=s(i.x-i.w/2,i.y-i.h/2,i.x+i.w/2,i.y+i.h/2),c=this.boxes.get(i.key);u&&!c?this.boxes.set(i.key,gr(i,this.detail,this.store,this.layers)):!u&&c&&(c.element.remove(),this.boxes.delete(i.key))}for(let i of this.scene.edges){let u=i.pieces.map(p=>s(...p.bounds)?p.path:"").join(""),c=this.edges.get(i);u&&!c?(c=yr(i,this.detail,this.store,this.edges,this.layers),this.edges.set(i,c)):!u&&c&&(c.element.remove(),c.pill?.remove(),this.edges.delete(i)),c&&u&&c.shownPath!==u&&(c.shownPath=u,c.line.setAttribute("d",u))}this.update()}update(){let e=this.store;if(this.detail==="tiny"){this.later();return}let n=e.current.value,r=new Set,a="",o="";n.phase!=="start"&&r.add(e.tree.shown(n.node,e.open.value)),n.phase==="backward"&&n.act==="add"&&(a=e.tree.shown(n.parent,e.open.value),o=e.tree.shown(n.node,e.open.value),r.delete(o),r.add(a));let s=new Set([...e.wrong.value].map(i=>e.tree.shown(i,e.open.value)));for(let i of this.boxes.values())vr(i,this.detail,e,r,s);for(let i of this.edges.values())wr(i,this.detail,e,a,o);br(s,this.boxes,this.detail,e,this.layers.pills)}};var W=(t,e)=>X(t,e)||Math.abs(t-e)<=.005*Math.abs(e);function ct(t,{node:e,slot:n,partial:r,upstream:a,amount:o},s,i){let u=s.parents[e][n],[c,p]=[`${s.name(e)}.grad`,s.name(u)];return W(t,-o)?"The sign is the other way round.":W(t,r)?`You forgot the gradient from above: times ${c}, which is ${k(a)}.`:W(t,a)?`That is the gradient from above: times the local derivative ∂${s.name(e)}/∂${p}.`:s.isProduct(e)&&W(t,i[u]*a)?"In a product the local derivative is the other factor, not the value itself.":W(t,r+a)?"The two are multiplied, not added.":W(t,i[u])?`That is the data of ${p}, not its gradient.`:null}function Mr(t,e,n,r,a){let o=n.reduce((c,p)=>c+p.amount,0);if(n.length===1)return ct(t,n[0],r,a);if(W(t,-o))return"The sign is the other way round.";let s=c=>r.name(c.node);for(let c=1;c<2**Math.min(n.length,8)-1;c++){let p=n.filter((m,g)=>c&1<<g),h=p.reduce((m,g)=>m+g.amount,0);if(!W(t,h))continue;let d=n.filter(m=>!p.includes(m)).map(s);return`You took ${Sr(p.length)} of ${Sr(n.length)}: add what comes through ${[...new Set(d)].join(" and ")}.`}let i=c=>n.reduce((p,h)=>p+c(h),0);if(W(t,n.reduce((c,p)=>c*p.amount,1)))return"What comes along several paths is added, not multiplied.";if(W(t,i(c=>c.partial)))return`You forgot the gradient from above: ${n.map(c=>`${s(c)}.grad is ${k(c.upstream)}`).join(", ")}.`;if(W(t,i(c=>c.upstream)))return"These are the gradients from above: each times its local derivative.";if(W(t,i(c=>r.isProduct(c.node)?a[e]*c.upstream:c.amount)))return"In a product the local derivative is the other factor, not the value itself.";for(let c of n){let p=ct(t-(o-c.amount),c,r,a);if(p)return`On the path through ${s(c)}: ${p}`}return W(t,a[e])?`That is the data of ${r.name(e)}.`:null}var So=["no path","one path","two","three","four","five","six","seven","eight"],Sr=t=>So[t]??String(t);var $r=[1,2,4,6,9,14];function Er({store:t}){let[e,n]=D(""),[r,a]=D(""),[o,s]=D(""),i=t.quiz.value,u=g=>{n(g),a("")},c=()=>{let g=$o(t);g<0||(u(""),ee(()=>{t.bugs.value={assign:!1,twice:!1,naive:!1},t.quiz.value={node:g,answer:"",verdict:"open"},t.goTo(t.timeline.value.ends.order+1),t.reveal(g)}))},p=g=>{if(g.preventDefault(),!i)return;let v=Z(e);if(v===null){a(ie(e));return}let f=W(v,t.right.value.grad[i.node]);if(i.verdict==="open"){let b=t.level.value+(f?1:-1);t.level.value=Math.min($r.length-1,Math.max(0,b)),t.score.value={right:t.score.value.right+Number(f),asked:t.score.value.asked+1}}t.quiz.value={...i,answer:e,verdict:f?"right":"wrong"},s(f?"":Mo(t,i.node,v)),f&&t.goTo(t.timeline.value.length)},h=()=>{i&&(t.quiz.value={...i,verdict:"shown"},t.selected.value=`n${i.node}`,t.goTo(t.timeline.value.ends.order+1),t.playing.value=!0)},d=i?t.graph.name(i.node):"",m=t.graph.name(t.root.value);return l("section",{class:"mg-card mg-quiz-part",tabIndex:-1,children:[l("h2",{children:["Quiz"," ",t.score.value.asked>0&&l("span",{class:"mg-kind",children:[t.score.value.right," of ",t.score.value.asked," at first try"]})]}),i?l("form",{onSubmit:p,children:[l("label",{children:["What is ",l("b",{children:[d,".grad"]})," after ",m,".backward()?",l("span",{class:"mg-row",children:[l("input",{class:"mg-answer",inputMode:"decimal",value:e,"aria-invalid":!!r,"aria-describedby":"mg-answer-said",onInput:g=>u(g.currentTarget.value)}),l("button",{type:"submit",children:"Check"})]})]}),l("div",{role:"status",id:"mg-answer-said",children:[r&&l("p",{class:"mg-t-wrong",children:r}),i.verdict==="right"&&l("p",{class:"mg-t-ok",children:["✓ Right: ",d,".grad is ",k(t.right.value.grad[i.node])]}),i.verdict==="wrong"&&!r&&l("p",{class:"mg-t-wrong",children:["✗ ",i.answer," is not it. ",o]}),i.verdict==="shown"&&l("p",{children:["Watch the ledger of ",d,": the last line is the answer."]})]}),l("div",{class:"mg-row",children:[i.verdict!=="right"&&i.verdict!=="shown"&&l("button",{type:"button",onClick:h,children:"Show the steps"}),l("button",{type:"button",onClick:c,children:"Another"}),l("button",{type:"button",onClick:()=>{t.quiz.value=null},children:"Stop"})]})]}):l(L,{children:[l("p",{class:"mg-muted",children:"One gradient is hidden. You work it out."}),l("button",{type:"button",onClick:c,children:"Ask me"})]})]})}function Mo(t,e,n){let{graph:r,timeline:a,root:o}=t,s=a.value.ledger(a.value.length,e,t.partials.value),i=Mr(n,e,s,r,t.data.value);if(i)return i;let u=r.name(o.value);return s.length>1?`It is used ${s.length} times: multiply along each path from ${u}, then add the paths.`:`Multiply the local derivatives along the path from ${u}.`}function $o(t){let{graph:e,root:n}=t,r=Eo(t),a=t.quiz.value?.node,o=t.timeline.value.order.filter(g=>g!==n.value&&g!==a&&!e.isConstant(g)&&Number.isFinite(t.right.value.grad[g]));if(!o.length)return-1;let s=$r[t.level.value],i=o.filter(g=>r[g]<=s),u=Math.min(...o.map(g=>r[g])),c=i.length?i:o.filter(g=>r[g]===u),p=Math.max(...c.map(g=>r[g])),h=c.filter(g=>r[g]>p/2),d=h.filter(g=>e.children[g].length>1),m=d.length&&Math.random()<.6?d:h;return m[Math.floor(Math.random()*m.length)]}function Eo({graph:t,timeline:e,root:n}){let r=new Float64Array(t.size),a=new Float64Array(t.size);r[n.value]=1;for(let o of[...e.value.order].reverse())for(let s of t.parents[o])r[s]+=r[o],a[s]+=a[o]+r[o];return a}function Cr(t){if(t.isAtEnd())return null;let{code:e,grain:n}=t;if(e&&n.value!=="step")return zo(t,e,n.value);let r=t.timeline.value.at(t.step.value+1);return r.phase==="forward"?Co(t,r.node):r.phase==="order"?Ao(t,r.act,r.node):r.phase==="backward"?r.act==="seed"?To(t,r.node):No(t,r):null}var Tr=t=>Z(t)===null?ie(t):"";function Xt(t,e,n=()=>null){return{...e,refused:Tr,isRight:r=>W(Z(r)??Number.NaN,t),diagnosis:r=>n(Z(r)??Number.NaN)??""}}function Co({graph:t,data:{value:e}},n){let[r,a]=[t.name(n),t.expression(n)],o=t.expression(n,s=>k(e[s]));return Xt(e[n],{text:`What is ${r} = ${a}?`,hint:`Put the numbers in: ${o}.`,why:`${r} = ${a} = ${o} = ${k(e[n])}.`})}function To({graph:t},e){let n=t.name(e);return Xt(1,{text:`With what does ${n}.grad begin?`,hint:`How fast does ${n} change with itself?`,why:`A value changes as fast as itself: ∂${n}/∂${n} = 1.0.`})}function No(t,e){let{graph:n}=t,{node:r,slot:a,parent:o}=e,s=t.partials.value.of(r)[a],i=t.timeline.value.upstream(t.step.value,r,t.partials.value),u=s*i,[c,p]=[n.name(r),n.name(o)];return Xt(u,{text:`What does ${c} add to ${p}.grad?`,hint:`Local derivative ∂${c}/∂${p}, times ${c}.grad.`,why:`∂${c}/∂${p} · ${c}.grad = ${k(s)} · ${k(i)} = ${k(u)}.`},h=>ct(h,{node:r,slot:a,partial:s,upstream:i,amount:u,assigns:!1},n,t.data.value))}function Ao(t,e,n){let{graph:r}=t,a=r.name(n),o=c=>c.replace(/\s/g,"").toLowerCase(),s=r.parents.map((c,p)=>o(r.name(p))),i=[...new Set(r.children[n])].map(c=>r.name(c)).join(" and "),u={visit:r.children[n].length?`${a}: ${i} needs it, and parents come before the value itself.`:`${a}: the list begins with a visit to the last value.`,again:`${a}: it was visited before, but its turn comes for every use of it.`,append:`${a}: all that it was computed from is in the list, and now it follows.`}[e];return{text:e==="append"?"Which value is appended to the list next?":"Which value is visited next?",hint:e==="append"?"The one whose parents are all in the list already.":"Down the first parent, as far as it goes; then the next parent.",why:u,refused:c=>s.includes(o(c))?"":`“${c.trim()}” is the name of no value here`,isRight:c=>o(c)===o(a),diagnosis:c=>Po(t,s.indexOf(o(c)),e)}}function Po({graph:t,ordering:e},n,r){let a=e.value?.places;if(!a)return"";if(a.has(n))return`${t.name(n)} is in the list already.`;let o=t.parents[n].find(s=>!a.has(s));return r==="append"&&o!==void 0?`${t.name(n)} has to wait: ${t.name(o)} is not in the list yet.`:""}function zo(t,e,n){let r=t.moment.value,a=e.beside(r,1,n),[o,s]=[e.stack(r),e.stack(a)],[i,u]=[o[o.length-1],s[s.length-1]],c=u.line,p=`line ${c}, ${e.line(u.fn.file,c).trim()}`,[h,d]=["Read on.",`After this line comes ${p}.`];return i?s.length>o.length?(h=`This line calls ${u.fn.name}.`,d=`The line calls ${u.fn.name}, and that begins: ${p}.`):i.frame!==u.frame?(h=`${i.fn.name} is over: who called it?`,d=`${i.fn.name} is over, back to where it was called: ${p}.`):c<=i.line&&(h="A loop goes back to its head.",d=`Round the loop, back to ${p}.`):d=`It begins with ${p}.`,{text:"Which line is next? Its number:",hint:h,why:d,refused:Tr,isRight:m=>Z(m)===c,diagnosis:()=>""}}function Ar({store:t}){let[e,n]=D(""),[r,a]=D(null),[o,s]=D(!1),i=j(null),u=Cr(t),c=`${t.step.value} ${t.moment.value}`,p=j("");H(()=>{p.current!==c&&a(null),s(!1),n("")},[c]),H(()=>i.current?.focus(),[]);let h=v=>{t.advance(1),p.current=`${t.step.value} ${t.moment.value}`,a(v);let{right:f,asked:b}=t.predicted.value;t.predicted.value={right:f+Number(v.ok&&!o),asked:b+1},i.current?.focus()};if(!u)return l("p",{class:"mg-predict",role:"status",id:"mg-predict-said",children:[r&&l(Nr,{...r})," That was the last step."]});let d=v=>{v.preventDefault();let f=u.refused(e);f?a({text:f,ok:!1}):u.isRight(e)?h({text:u.why,ok:!0}):o?h({text:u.why,ok:!1}):(s(!0),a({text:`not ${e.trim()}. ${u.diagnosis(e)||u.hint}`,ok:!1}))},{right:m,asked:g}=t.predicted.value;return l("form",{class:"mg-predict",onSubmit:d,children:[l("label",{children:[u.text," ",l("input",{ref:i,class:"mg-answer",value:e,autocomplete:"off","aria-describedby":"mg-predict-said",onInput:v=>n(v.currentTarget.value)})]}),l("button",{type:"submit",children:"Check"}),l("button",{type:"button",onClick:()=>h({text:u.why,ok:!1}),children:"Show"}),g>0&&l("span",{class:"mg-muted",children:[m," of ",g]}),l("span",{role:"status",id:"mg-predict-said",children:r&&l(Nr,{...r})})]})}var Nr=({text:t,ok:e})=>l("span",{class:e?"mg-t-ok":"mg-t-wrong",children:[e?"✓":"✗"," ",t]});var Do={start:"M5 4v16 M19 5 9 12l10 7z",back:"M15 5 8 12l7 7",play:"M8 4.5 19 12 8 19.5z",pause:"M7 5h3.5v14H7z M13.5 5H17v14h-3.5z",on:"M9 5l7 7-7 7",end:"M19 4v16 M5 5l10 7-10 7z"},Q=({shape:t})=>l("svg",{class:"mg-icon",viewBox:"0 0 24 24","aria-hidden":"true",children:l("path",{d:Do[t],fill:t==="back"||t==="on"?"none":void 0})}),Pr={forward:"Forward",order:"Order",backward:"Backward"};function zr({store:t}){let e=t.timeline.value,n=t.step.value,r=t.playing.value;H(()=>{if(!r)return;let u=900/t.speed.value,c=Math.max(1,Math.round(16/u)),p=setInterval(()=>{c>1?t.goTo(t.step.value+c):t.advance(1),t.isAtEnd()&&(t.playing.value=!1)},Math.max(16,u));return()=>clearInterval(p)},[r,t.speed.value]);let a=()=>{!r&&t.isAtEnd()&&t.goTo(0),t.playing.value=!r},o=u=>`${e.length?100*u/e.length:0}%`,s=t.phase.value==="start"?"forward":t.phase.value,i={forward:e.ends.forward,order:e.ends.order-e.ends.forward,backward:e.length-e.ends.order};return l("footer",{class:"mg-scrubber","data-phase":t.phase.value,"aria-label":"Steps",children:[l("div",{class:"mg-sentence","data-phase":t.phase.value,children:l(tr,{store:t})}),t.predicting.value&&l(Ar,{store:t}),l("div",{class:"mg-controls",children:[l("div",{class:"mg-buttons",role:"group","aria-label":"Play",children:[l("button",{type:"button",title:"To the start (Home)","aria-label":"To the start",onClick:()=>t.goTo(0),children:l(Q,{shape:"start"})}),l("button",{type:"button",title:"One step back (,)","aria-label":"One step back",onClick:()=>t.advance(-1),children:l(Q,{shape:"back"})}),l("button",{type:"button",class:"mg-play",title:"Play or pause (space)","aria-label":r?"Pause":"Play",onClick:a,children:l(Q,{shape:r?"pause":"play"})}),l("button",{type:"button",title:"One step on (.)","aria-label":"One step on",onClick:()=>t.advance(1),children:l(Q,{shape:"on"})}),l("button",{type:"button",title:"To the end (End)","aria-label":"To the end",onClick:()=>t.goTo(e.length),children:l(Q,{shape:"end"})})]}),l("div",{class:"mg-track",children:[l("div",{class:"mg-phases",role:"group","aria-label":"Phases",children:nt.map((u,c)=>u==="order"&&!t.withOrder.value?l("button",{type:"button",class:"mg-skipped",title:"The order is skipped; show it (o)",onClick:()=>{t.setOrder(!0),t.goToPhase("order")},children:"+ Order"},u):l("button",{type:"button",style:{width:o(i[u]),display:i[u]?"":"none"},"aria-pressed":s===u,title:`${Pr[u]} (${c+1})`,onClick:()=>t.goToPhase(u),children:Pr[u]},u))}),l("input",{type:"range",class:"mg-slider","aria-label":"Step","aria-valuetext":`step ${n} of ${e.length}, ${t.phase.value}`,min:0,max:e.length,value:n,style:{"--at":o(n)},onInput:u=>t.goTo(Number(u.currentTarget.value))})]}),l("output",{class:"mg-count","aria-hidden":"true",children:[n.toLocaleString("en")," / ",e.length.toLocaleString("en")]}),l("button",{type:"button",class:"mg-predict-switch","aria-pressed":t.predicting.value,title:"Say what comes next before it is shown (p)",onClick:()=>{t.predicting.value=!t.predicting.value},children:"Predict"}),l("label",{class:"mg-speed",children:[l("span",{children:"Speed "}),l("select",{value:String(t.speed.value),onChange:u=>{t.speed.value=Number(u.currentTarget.value)},children:[.5,1,2,4,16,100].map(u=>l("option",{value:String(u),children:[u,"×"]},u))})]})]}),e.cut&&l("p",{class:"mg-t-wrong mg-cut",children:["Stopped after ",Wt.toLocaleString("en")," contributions: plain recursion walks every path, and there are more paths than time."]})]})}var pt={cdot:"·",times:"×",sigma:"σ",partial:"∂",sum:"∑",prod:"∏",leq:"≤",le:"≤",geq:"≥",ge:"≥",neq:"≠",ne:"≠",infty:"∞",pm:"±",to:"→",ldots:"…",dots:"…",cdots:"⋯",lt:"<",gt:">",mid:"|",alpha:"α",beta:"β",gamma:"γ",delta:"δ",epsilon:"ε",theta:"θ",lambda:"λ",mu:"μ",pi:"π"},Oo=new Set([",",";",":","!"," ","quad","qquad"]),Lo=new Set(["text","mathrm","operatorname","mathit","mathsf","texttt","textit","textbf"]),Dr=new Set(["{","}","_","%","#","&","$"]),Ro=new Set(["aligned","align*","align","gathered"]);function Go(t){let e=[],n=/\\\\|\\[a-zA-Z]+|\\.|[{}]|[\^_]|\d+(?:\.\d+)?(?:e[+-]?\d+)?|&|\s+|./gsu;for(let[r]of t.matchAll(n))r==="\\\\"?e.push({kind:"row",text:r}):r==="&"?e.push({kind:"cell",text:r}):r.startsWith("\\")?e.push({kind:"command",text:r.slice(1)}):r==="{"?e.push({kind:"open",text:r}):r==="}"?e.push({kind:"close",text:r}):r==="^"||r==="_"?e.push({kind:"script",text:r}):/^\d/.test(r)?e.push({kind:"number",text:r}):/^\p{L}/u.test(r)?e.push({kind:"letter",text:r}):/\s/.test(r)?e.push({kind:"sign",text:" "}):e.push({kind:"sign",text:r});return e}var _e=t=>t.replace(/[&<>]/g,e=>`&#${e.charCodeAt(0)};`),Zt=class{at=0;tokens;constructor(e){this.tokens=Go(e)}all(){let e=[[""]];for(;this.at<this.tokens.length;){if(this.tokens[this.at].text===" "){this.at+=1;continue}let{kind:r}=this.tokens[this.at];if(r==="row")e.push([""]);else if(r==="cell")e[e.length-1].push("");else{let a=e[e.length-1];a[a.length-1]+=this.scripted();continue}this.at+=1}return e.length===1&&e[0].length===1?e[0][0]:`<mtable class="aligned" displaystyle="true">${e.map(r=>`<mtr>${r.map(a=>`<mtd><mrow>${a}</mrow></mtd>`).join("")}</mtr>`).join("")}</mtable>`}scripted(){let e=this.one(),n="",r="";for(;this.tokens[this.at]?.kind==="script";)this.tokens[this.at++].text==="^"?r=this.one():n=this.one();return n&&r?`<msubsup>${e}${n}${r}</msubsup>`:n?`<msub>${e}${n}</msub>`:r?`<msup>${e}${r}</msup>`:e}one(){for(;this.tokens[this.at]?.text===" ";)this.at+=1;let e=this.tokens[this.at++];if(!e)return"<mrow></mrow>";switch(e.kind){case"open":return this.group();case"number":return`<mn>${e.text}</mn>`;case"letter":return`<mi>${_e(e.text)}</mi>`;case"command":return this.command(e.text);default:return`<mo stretchy="false">${_e(e.text==="-"?"−":e.text)}</mo>`}}group(){let e="";for(;this.at<this.tokens.length&&this.tokens[this.at].kind!=="close";)e+=this.scripted();return this.at+=1,`<mrow>${e}</mrow>`}plain(){let e="",n=0;for(;this.at<this.tokens.length;this.at++){let r=this.tokens[this.at];if(!(r.kind==="open"&&n++===0)&&(r.kind==="close"&&--n===0||(e+=r.kind==="command"&&!Dr.has(r.text)&&r.text!==" "?"":r.text,n===0)))break}return this.at+=1,_e(e)}command(e){if(e==="frac"||e==="dfrac")return`<mfrac>${this.one()}${this.one()}</mfrac>`;if(e==="sqrt")return`<msqrt>${this.one()}</msqrt>`;if(Lo.has(e))return`<mi mathvariant="normal">${this.plain()}</mi>`;if(e==="left"||e==="right")return this.fence();if(e==="begin"||e==="end"){let n=this.plain();return Ro.has(n)?"":`<mtext>${n}</mtext>`}return Oo.has(e)?`<mspace width="${e===","?"0.17em":"0.5em"}"></mspace>`:Dr.has(e)?`<mo stretchy="false">${_e(e)}</mo>`:pt[e]?/^\p{L}$/u.test(pt[e])?`<mi>${pt[e]}</mi>`:`<mo>${pt[e]}</mo>`:`<mi mathvariant="normal">${_e(e)}</mi>`}fence(){let e=this.tokens[this.at++];return e&&e.text!=="."?`<mo stretchy="true">${_e(e.text)}</mo>`:""}};function Or(t){let e=t.trim().replace(/^\$+|\$+$/g,"").replace(/^\\\[|\\\]$/g,"");return`<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">${new Zt(e).all()}</math>`}var Io=["Formula","Python","Words"];function Lr({store:t}){let[e,n]=D("Formula"),[r,a]=D(""),{latex:o,python:s,explain:i}=t.page.show,u=e==="Formula"?o:e==="Python"?s:i;return l("section",{class:"mg-card mg-show-part",tabIndex:-1,children:[l("div",{class:"mg-title-row",children:[l("h2",{id:"mg-show-as",children:"Show as"}),l("span",{role:"status",class:"mg-muted",children:r}),l("button",{type:"button",onClick:async()=>{try{await navigator.clipboard.writeText(u),a("Copied")}catch{a("select it yourself: not allowed here")}setTimeout(()=>a(""),2500)},children:e==="Formula"?"Copy TeX":"Copy"})]}),l("div",{class:"mg-tabs",role:"group","aria-labelledby":"mg-show-as",children:Io.map(p=>l("button",{type:"button","aria-pressed":e===p,onClick:()=>n(p),children:p},p))}),!u&&l("p",{class:"mg-muted",children:t.page.show.missing}),u&&e==="Formula"&&l(Bo,{tex:o}),u&&e!=="Formula"&&l("pre",{class:"mg-code",tabIndex:0,"aria-label":e,children:u}),t.edited.value.length>0&&e!=="Formula"&&l("p",{class:"mg-muted",children:"With the numbers this page came with, not those you have put in since."})]})}function Bo({tex:t}){let e=j(null);return H(()=>{e.current&&(e.current.innerHTML=Or(t))},[t]),l("div",{class:"mg-math",ref:e,tabIndex:0,role:"group","aria-label":"Formula"})}var dt=[[124,58,237],[22,163,74],[219,39,119],[13,148,136],[146,98,57],[100,116,139]],Rr=[4,0,3,5,6,8];function Jt(t){let[e,n]=[Math.min(...t),Math.max(...t)],r=(n-e||1)*.12;return[e-r,n+r]}function Gr(t,e,n,[[r,a],[o,s]],i){let{width:u,height:c}=t.canvas,p=n.slice(),h=Array.from({length:900},(v,f)=>{let[b,_]=[(f%30+.5)/30,(Math.floor(f/30)+.5)/30];return e.predict([r+b*(a-r),s+_*(o-s)],p)}),d=new ImageData(30,30);h.forEach(({margins:v,best:f},b)=>{let _=.12+.5*Math.abs(Math.tanh(v[f]));d.data.set([...dt[f%dt.length],255*_],4*b)});let m=new OffscreenCanvas(30,30);m.getContext("2d")?.putImageData(d,0,0),t.clearRect(0,0,u,c),t.imageSmoothingEnabled=!0,t.drawImage(m,0,0,u,c),e.isClassifier&&h[0].margins.forEach((v,f)=>{(f||h[0].margins.length>2)&&Fo(t,h.map(b=>b.margins[f]))});let g=([v,f])=>[(v-r)/(a-r)*u,(s-f)/(s-o)*c];e.points.forEach((v,f)=>Fr(t,g(v),e.colourOf(f))),Br(t,g(i))}function Ir(t,e,n,[r,a],o){let{width:s,height:i}=t.canvas,u=n.slice(),c=v=>e.outputs([v],u)[0],p=Array.from({length:81},(v,f)=>r+(a-r)*f/80),h=p.map(c),[d,m]=Jt([...e.targets,...h].filter(Number.isFinite)),g=(v,f)=>[(v-r)/(a-r)*s,(m-f)/(m-d)*i];t.clearRect(0,0,s,i),e.points.forEach(([v],f)=>Fr(t,g(v,e.targets[f]),1)),t.beginPath(),p.forEach((v,f)=>t.lineTo(...g(v,h[f]))),en(t,4),Br(t,g(o,c(o)))}function en(t,e){t.lineWidth=e,t.strokeStyle=getComputedStyle(t.canvas).color,t.stroke()}function Br(t,[e,n]){t.beginPath(),t.arc(e,n,15,0,2*Math.PI),en(t,5)}function Fo(t,e){let{width:n,height:r}=t.canvas,a=s=>[(s%30+.5)/30,(Math.floor(s/30)+.5)/30],o=(s,i)=>{let u=e[s]/(e[s]-e[i]),[[c,p],[h,d]]=[a(s),a(i)];return[(c+u*(h-c))*n,(p+u*(d-p))*r]};t.beginPath();for(let s=0;s<29;s++)for(let i=0;i<29;i++){let u=s*30+i,c=[u,u+1,u+1+30,u+30],p=[];c.forEach((h,d)=>{let m=c[(d+1)%4];e[h]>0!=e[m]>0&&p.push(o(h,m))});for(let h=0;h+1<p.length;h+=2)t.moveTo(...p[h]),t.lineTo(...p[h+1])}en(t,4)}function Fr(t,[e,n],r){let a=Rr[r%Rr.length];if(t.beginPath(),a){for(let o=0;o<a;o++){let s=2*Math.PI*(o+.5)/a+Math.PI/2;t.lineTo(e+8.5*Math.cos(s),n+8.5*Math.sin(s))}t.closePath()}else t.arc(e,n,7,0,2*Math.PI);t.fillStyle=`rgb(${dt[r%dt.length].join()})`,t.strokeStyle="#fff",t.lineWidth=2.5,t.fill(),t.stroke()}var mt=class{constructor(e,n){this.graph=e;this.examples=n;this.points=n.points.map(c=>c.map(Number));let r=n.targets.map(Number),{outputs:a}=n,o=new Set(r),s=o.size<=2&&[...o].every(c=>c===1||c===(o.has(-1)?-1:0));this.isClassifier=r.length>0&&(a.length>1?r.every(c=>Number.isInteger(c)&&c>=0&&c<a.length):s),this.targets=this.isClassifier&&a.length===1?r.map(c=>+(c>0)):r;let i=e.sign(a[0])==="sigmoid",u=r.reduce((c,p)=>c+p,0)/(r.length||1);this.middle=this.isClassifier?i?.5:0:u,this.nodes=this.between()}graph;examples;points;targets;isClassifier;nodes;middle;between(){let{inputs:e,outputs:n}=this.examples,r=new Set(e),a=new Set(n);this.graph.parents.forEach((o,s)=>{o.some(i=>r.has(i))&&r.add(s)});for(let o=this.graph.size-1;o>=0;o--)if(a.has(o))for(let s of this.graph.parents[o])a.add(s);return[...r].filter(o=>a.has(o)&&!e.includes(o)).sort((o,s)=>o-s)}outputs(e,n){return e.forEach((r,a)=>{n[this.examples.inputs[a]]=r}),this.graph.forwardThrough(this.nodes,n),this.examples.outputs.map(r=>n[r])}predict(e,n){let r=this.outputs(e,n),a=r.length>1?r:[this.middle-r[0],r[0]-this.middle],o=a.indexOf(Math.max(...a)),s=a.map((i,u)=>i-Math.max(...a.filter((c,p)=>p!==u)));return{margins:r.length>1?s:a,best:Math.max(0,o)}}colourOf(e){return this.isClassifier?this.targets[e]:+(this.targets[e]>this.middle)}accuracy(e){if(!this.isClassifier)return null;let n=e.slice();return this.points.filter((a,o)=>this.predict(a,n).best===this.targets[o]).length/this.points.length}};var xe=328,ke=96;function Hr({store:t,history:e}){let n=t.snapshot.value,r=e.steps.length-1,[a,o]=D(!1),[s,i]=D(1),u=c=>{t.snapshot.value=Math.min(r,Math.max(0,c))};return H(()=>{let c=e.values[n];t.setLeaves(e.parameters.map((p,h)=>[p,Number(c[h])]))},[n]),H(()=>{if(!a)return;let c=setInterval(()=>{t.snapshot.value>=r?o(!1):u(t.snapshot.value+1)},220/s);return()=>clearInterval(c)},[a,s]),l("section",{class:"mg-card mg-training mg-training-part",tabIndex:-1,children:[l("h2",{children:["Training ",l("span",{class:"mg-kind",children:["step ",e.steps[n].toLocaleString("en")]})]}),l("div",{class:"mg-row mg-controls",children:[l("button",{type:"button","aria-label":"One snapshot back",onClick:()=>u(n-1),children:l(Q,{shape:"back"})}),l("button",{type:"button",class:"mg-play","aria-label":a?"Pause training":"Play training",onClick:()=>{!a&&n>=r&&u(0),o(!a)},children:l(Q,{shape:a?"pause":"play"})}),l("button",{type:"button","aria-label":"One snapshot on",onClick:()=>u(n+1),children:l(Q,{shape:"on"})}),l("select",{"aria-label":"Training speed",value:String(s),onChange:c=>i(Number(c.currentTarget.value)),children:[.5,1,2,4].map(c=>l("option",{value:String(c),children:[c,"×"]},c))}),l("input",{type:"range",class:"mg-slider mg-epochs","aria-label":"Training step","aria-valuetext":`step ${e.steps[n]}`,min:0,max:r,value:n,style:{"--at":`${r?100*n/r:0}%`},onInput:c=>u(Number(c.currentTarget.value))})]}),l(tn,{store:t,examples:e}),e.curves.map(c=>l(nn,{curve:c,step:e.steps[n]},c.name)),l(Ho,{history:e,at:n})]})}function tn({store:t,examples:e}){let n=j(null),r=t.data.value,{inputs:a}=e,o=Y(()=>new mt(t.graph,e),[e]),{points:s}=o,i=Y(()=>a.map((d,m)=>Jt(s.map(g=>g[m]))),[s]),u=a.length===1,c=a.length>0&&a.length<=2&&s.length>0;if(H(()=>{let d=n.current?.getContext("2d");if(!d)return;let m=a.map(g=>r[g]);u?Ir(d,o,r,i[0],m[0]):Gr(d,o,r,i,m)},[r,t.theme.value]),!c)return null;let p=d=>{let{width:m,height:g}=d.currentTarget.getBoundingClientRect(),v=[d.offsetX/m,1-d.offsetY/g];t.setLeaves(a.map((f,b)=>[f,i[b][0]+v[b]*(i[b][1]-i[b][0])]))},h=u?null:o.accuracy(r);return l("figure",{children:[l("canvas",{ref:n,class:"mg-plane",width:656,height:u?320:440,role:"img",onClick:p,onPointerMove:d=>{d.buttons&1&&p(d)},"aria-label":u?"The model's output over its input, with the examples":"The decision boundary, with the examples"}),l("figcaption",{children:[h!==null&&l("b",{children:[Math.round(100*h),"% of ",s.length," right."," "]}),u?"Click to choose the input of the graph.":"Click to choose the inputs of the graph (the ring)."]})]})}function nn({curve:t,step:e}){let n=t.values.map(Number),r=n.filter(Number.isFinite);if(r.length<2)return null;let a=Math.min(0,...r),o=Math.max(...r),s=t.steps[0],i=t.steps[t.steps.length-1],u=d=>4+(xe-8)*(d-s)/(i-s||1),c=d=>6+(ke-12)*(o-d)/(o-a||1),p=0;t.steps.forEach((d,m)=>{d<=e&&(p=m)});let h=n.map((d,m)=>Number.isFinite(d)?`${m?"L":"M"}${u(t.steps[m]).toFixed(1)} ${c(d).toFixed(1)}`:"").join("");return l("figure",{children:[l("svg",{class:"mg-chart",viewBox:`0 0 ${xe} ${ke}`,role:"img","aria-label":`${t.name} over the steps: ${k(n[p])} here`,children:[l("line",{class:"mg-axis",x1:"0",x2:xe,y1:c(0),y2:c(0)}),l("path",{class:"mg-curve",d:h}),l("line",{class:"mg-now",x1:u(e),x2:u(e),y1:"0",y2:ke}),l("circle",{class:"mg-now",cx:u(t.steps[p]),cy:c(n[p]),r:"5"})]}),l("figcaption",{children:[t.name," ",l("b",{children:k(n[p])})]})]})}function Ho({history:t,at:e}){let r=Y(()=>{let s=1e-9;for(let i of t.values)for(let u of i)Number.isFinite(Number(u))&&(s=Math.max(s,Math.abs(Number(u))));return s},[t]),a=new Array(27).fill(0);for(let s of t.values[e]){let i=Math.floor((Number(s)+r)/(2*r)*27);i>=0&&(a[Math.min(26,i)]+=1)}let o=Math.max(...a,1);return l("figure",{children:[l("svg",{class:"mg-chart",viewBox:`0 0 ${xe} ${ke}`,role:"img","aria-label":`Histogram of ${t.parameters.length} parameters`,children:a.map((s,i)=>{let u=(ke-10)*s/o;return l("rect",{class:"mg-bar",x:i*xe/27+1,width:xe/27-2,y:ke-u,height:u},i)})}),l("figcaption",{children:[t.parameters.length," parameters, from ",k(-r,3)," to ",k(r,3)]})]})}var jo="0.001 0.003 0.01 0.03 0.1 0.3 1 3".split(" ").map(Number),Wo=60,Uo=2e3;function jr({store:t,trainer:e}){let{data:n}=e,r=Y(()=>({...n,targets:n.wanted.map(w=>w.length===1?w[0]:w.indexOf(w.reduce((C,E)=>Number(E)>Number(C)?E:C)))}),[n]),a=t.losses.value,o=a.length,[s,i]=D(!1),[u,c]=D("0.1"),[p,h]=D(n.points.length),[d,m]=D(!0),g=Z(u),v=()=>{let w=t.data.peek().slice(),C=e.step(w,{rate:g??0,batch:p,zeroGrad:d});t.setLeaves(n.parameters.map(E=>[E,w[E]])),t.losses.value=[...t.losses.peek(),C],Number.isFinite(C)||i(!1)};H(()=>{if(!s)return;let w=setInterval(v,Wo);return()=>clearInterval(w)},[s,g,p,d]);let f=()=>{i(!1),e.restart(),t.setLeaves(n.parameters.map(w=>[w,t.original[w]])),t.losses.value=[]},b=a[a.length-1],_=Y(()=>e.loss(t.data.value),[t.data.value]),y=Math.max(0,o-Uo);return l("section",{class:"mg-card mg-training mg-train-part",tabIndex:-1,children:[l("h2",{children:["Train ",l("span",{class:"mg-kind",children:["step ",o.toLocaleString("en")]})]}),l("div",{class:"mg-row mg-controls",children:[l("button",{type:"button",class:"mg-play","aria-label":s?"Pause training":"Play training",title:s?"Pause":"Train, step after step",disabled:g===null,onClick:()=>i(!s),children:l(Q,{shape:s?"pause":"play"})}),l("button",{type:"button","aria-label":"One training step",title:"One step",disabled:g===null,onClick:v,children:l(Q,{shape:"on"})}),l("button",{type:"button","aria-label":"Start again",title:"Start again",onClick:f,children:l(Q,{shape:"start"})}),l("output",{class:"mg-loss","aria-live":"off",children:["loss ",l("b",{children:k(_)})]})]}),l("div",{class:"mg-row mg-settings",children:[l("label",{children:["learning rate"," ",l("input",{list:"mg-rates",inputMode:"decimal",value:u,"aria-invalid":g===null,onInput:w=>c(w.currentTarget.value)}),l("datalist",{id:"mg-rates",children:jo.map(w=>l("option",{value:String(w)},w))})]}),l("label",{children:["batch"," ",l("input",{type:"number",min:1,max:n.points.length,value:p,onInput:w=>{let C=Math.round(Number(w.currentTarget.value));C>=1&&h(Math.min(C,n.points.length))}})," ",l("span",{class:"mg-muted",children:["of ",n.points.length]})]}),l("label",{class:"mg-check",children:[l("input",{type:"checkbox",checked:d,onChange:w=>m(w.currentTarget.checked)})," ","zero_grad"]})]}),n.points.length>1&&l("p",{class:"mg-muted",children:["A step follows the mean gradient of a batch, and this loss is the mean of all"," ",n.points.length.toLocaleString("en")," examples; the graph has the loss and the gradients of one."]}),l("div",{role:"status",children:[g===null&&l("p",{class:"mg-t-wrong",children:ie(u)}),b!==void 0&&!Number.isFinite(b)&&l("p",{class:"mg-t-wrong",children:["The loss is ",k(b),": the steps are too long. Start again with a smaller rate."]}),!d&&l("p",{class:"mg-muted",children:"Without zero_grad every step also takes all steps before it again: gradients add up."})]}),n.outputs.length>0&&l(tn,{store:t,examples:r}),a.length>1&&l(nn,{curve:{name:"loss",steps:a.slice(y).map((w,C)=>y+C),values:a.slice(y)},step:o-1})]})}function Wr({store:t}){let e=j(null),n=j(null),r=j(null),a=j(null);H(()=>{if(e.current)return n.current=new ut(e.current,t),()=>n.current?.stop()},[]),Vn(()=>{let i=t.current.value;if(i.phase==="start")return;let u=i.phase==="backward"&&i.act==="add"?i.parent:i.node;n.current?.follow(t.tree.shown(u,t.open.peek()))}),H(()=>{let i=r.current;if(!i)return;let c=document.getElementById("micrograd-explorer")?.contains(i)?document:i,p=h=>dr(h,t,n.current,i,a.current);return c.addEventListener("keydown",p),()=>c.removeEventListener("keydown",p)},[]);let{history:o}=t.page,s=!!(o||t.trainer);return l("div",{class:"mg-root-element","data-theme":t.theme.value,ref:r,children:[l(Vo,{store:t,picture:n,onHelp:()=>a.current?.showModal()}),l("main",{class:`mg-main ${t.code?"mg-with-code":s?"mg-with-training":""}`,children:[l("div",{class:"mg-graph-area",children:[l("div",{ref:e,class:"mg-graph",tabIndex:0,role:"application","aria-roledescription":"graph","aria-label":"The graph. Arrow keys select: left a parent, right a child. Question mark lists all keys."}),l("div",{class:"mg-zoom",role:"group","aria-label":"Zoom",children:[l("button",{type:"button","aria-label":"Closer",title:"Closer (+)",onClick:()=>n.current?.zoom(1.25),children:"+"}),l("button",{type:"button","aria-label":"Further",title:"Further (−)",onClick:()=>n.current?.zoom(.8),children:"−"}),l("button",{type:"button","aria-label":"Fit",title:"Everything (0)",onClick:()=>n.current?.fit(),children:"⤢"})]}),l(Qo,{})]}),l("aside",{class:"mg-side","aria-label":"About the graph",children:[l(Ko,{store:t}),t.code&&l(ar,{store:t,code:t.code}),t.trainer&&l(jr,{store:t,trainer:t.trainer}),o&&l(Hr,{store:t,history:o}),l(lr,{store:t}),l(mr,{store:t}),l(Er,{store:t}),l(Lr,{store:t})]})]}),l(zr,{store:t}),l(Xo,{store:t}),l("dialog",{ref:a,class:"mg-help","aria-labelledby":"mg-help-title",children:[l("h2",{id:"mg-help-title",children:"Keys"}),l("dl",{children:pr.map(([i,u])=>l("div",{children:[l("dt",{children:i}),l("dd",{children:u})]},i))}),l("button",{type:"button",onClick:()=>a.current?.close(),children:"Close"})]})]})}function Vo({store:t,picture:e,onHelp:n}){let r=t.tree.groups.length>1,{theme:a}=t,o={auto:"dark",dark:"light",light:"auto"};return l("header",{class:"mg-header",children:[l("div",{class:"mg-heading",children:[l("div",{class:"mg-title-line",children:[l("h1",{title:t.page.note,children:t.page.title}),t.page.note&&l("p",{class:"mg-note",children:t.page.note})]}),l("p",{class:"mg-lede",children:qo(t)})]}),l("span",{class:"mg-grow"}),t.edited.value.length>0&&!t.page.history&&!t.trainer&&l("button",{type:"button",onClick:()=>t.setLeaves(t.edited.value.map(s=>[s,t.original[s]])),children:"Undo all edits"}),t.graph.roots.length>1&&l("label",{class:"mg-from",children:["Backward from"," ",l("select",{value:String(t.root.value),onChange:s=>t.setRoot(Number(s.currentTarget.value)),children:[...new Set([...t.graph.roots,t.root.value])].map(s=>l("option",{value:String(s),children:t.graph.name(s)},s))})]}),r&&l(L,{children:[l("button",{type:"button",onClick:()=>t.setAllOpen(!1),children:"Fold all"}),t.graph.size<=2e3&&l("button",{type:"button",onClick:()=>t.setAllOpen(!0),children:"Unfold all"})]}),l(Yo,{store:t,picture:e}),l("button",{type:"button","aria-label":`Colours: ${a.value}`,title:`Colours: ${a.value} (d)`,onClick:()=>{a.value=o[a.value]},children:a.value==="auto"?"◐":a.value==="dark"?"☾":"☀"}),l("button",{type:"button","aria-label":"Keys",title:"Keys (?)",onClick:n,children:"?"})]})}function qo({page:t,graph:e,root:n,code:r,trainer:a}){let o=e.name(n.value);return a?"Press play: this page trains the model, and every number in it moves.":t.history?"How a model learnt: move its slider, and graph and boundary go along.":t.graph.yours?"The gradients as your backward left them, and the right ones.":e.isLeaf(n.value)&&r?"What the lines collect, one line at a time.":`How ${o} is computed, and how fast it changes with every value: step by step${r?", beside the line of code that does it":""}.`}function Ko({store:t}){let e=[["Code","mg-code",t.code!==null],["Train","mg-train",t.trainer!==null],["Training","mg-training",t.page.history!==void 0],["Value","mg-value",!0],["Break it","mg-break",!0],["Quiz","mg-quiz",!0],["Show as","mg-show",!0]],n=(r,a)=>{let s=r.currentTarget.closest(".mg-side")?.querySelector(`.${a}-part`);s?.scrollIntoView({block:"start"}),s?.focus({preventScroll:!0})};return l("nav",{class:"mg-parts","aria-label":"Beside the graph",children:e.map(([r,a,o])=>o&&l("button",{type:"button",onClick:s=>n(s,a),children:r},a))})}function Yo({store:t,picture:e}){let[n,r]=D(""),[a,o]=D(0),s=n.trim().toLowerCase(),i=s?t.graph.labels.flatMap((c,p)=>(c||t.graph.name(p)).toLowerCase().includes(s)&&(c||!t.graph.isLeaf(p))?[p]:[]):[];i.sort((c,p)=>+!t.graph.labels[c]-+!t.graph.labels[p]||c-p);let u=c=>{if(!i.length)return;let p=(c%i.length+i.length)%i.length;o(p),t.reveal(i[p]),requestAnimationFrame(()=>e.current?.show(`n${i[p]}`,!0))};return l("form",{class:"mg-search",role:"search",onSubmit:c=>{c.preventDefault(),u(a),o(a+1)},children:[l("input",{type:"search","aria-label":"Search by label",placeholder:"Search labels  ( / )",value:n,onInput:c=>{r(c.currentTarget.value),o(0)},onKeyDown:c=>{c.key==="Escape"&&(r(""),c.currentTarget.blur())}}),l("output",{class:"mg-found",children:s&&(i.length?`${i.length} found, Enter shows`:"none")})]})}function Qo(){return l("ul",{class:"mg-legend","aria-label":"Colours",children:[l("li",{class:"mg-t-data",children:"data"}),l("li",{class:"mg-t-grad",children:"grad"}),l("li",{class:"mg-t-local",children:"local derivative"})]})}function Xo({store:t}){let e=t.selectedNode.value,n=t.selected.value,r="";if(e>=0){let{grad:a,reached:o}=t.gradients.value,s=t.hidden(e)?"hidden":o[e]?a[e]:"blank";r=`${t.graph.name(e)}, data ${t.data.value[e]}, grad ${s}`}else n&&(r=t.tree.groups[Number(n.slice(1))].label);return l("p",{class:"mg-sr","aria-live":"polite",children:r})}function Ur(t){let e=Math.abs(t);if(e<2.5){let n=t,r=t;for(let a=1;Math.abs(n)>1e-18*Math.abs(r);a++)n*=2*t*t/(2*a+1),r+=n;return 2/Math.sqrt(Math.PI)*Math.exp(-t*t)*r}return e<6?Math.sign(t)*(1-Vr(e)):t!==t?t:Math.sign(t)}function Vr(t){let e=0;for(let n=60;n>0;n--)e=n/2/(t+e);return Math.exp(-t*t)/(Math.sqrt(Math.PI)*(t+e))}var Zo=t=>t<2.5?1-Ur(t):t<27?Vr(t):t!==t?t:0;function Jo(t,e){let n=e===0||!Number.isFinite(t)?NaN:t%e;return n===0?e>0?0:-0:n<0!=e<0?n+e:n}function es(t,e){if(e===0)return t/e;let n=t%e,r=(t-n)/e-+(n!==0&&n<0!=e<0),a=Math.floor(r);return r===0?0*(t/e):a+ +(r-a>.5)}function ts(t){let e=Math.exp(-Math.abs(t));return t<0?e/(1+e):1/(1+e)}function ns(t,e){return t===1||e===0||t===-1&&!Number.isFinite(e)&&e===e?1:t**e}function rs(t,e){let n=qr(t,e);return Number.isFinite(n)?n+Math.log1p(Math.exp(-Math.abs(t-e))):n}var qr=(t,e)=>t>=e||t!==t?t:e,as=(t,e)=>t<=e||t!==t?t:e,os=Object.fromEntries(Object.getOwnPropertyNames(Math).map(t=>[t,Math[t]]).filter(([,t])=>typeof t=="function")),rn={...os,fabs:Math.abs,pow:ns,erf:Ur,erfc:Zo,modulo:Jo,floor_divide:es,sigmoid:ts,softplus:t=>t!==t?t:(t>0?t:0)+Math.log1p(Math.exp(-Math.abs(t))),logaddexp:rs,maximum:qr,minimum:as,take:(t,...e)=>e[t]};var[ss,is,an,Kr,ls,ze]=[0,1,2,3,4,5],us=8,cs=new Set(["+","*","·","×"]),ps=/^[\p{L}\p{N}_.#'^]+(\[[\p{L}\p{N}_, ]+\])*$/u,ds=new Set(["lt","le","gt","ge"]),Yr={"-":"⁻",0:"⁰",1:"¹",2:"²",3:"³"};[..."⁴⁵⁶⁷⁸⁹"].forEach((t,e)=>Yr[String(e+4)]=t);function on(t){return ps.test(t)||Qr(t)!==null?t:`(${t})`}function Qr(t){let e=0,n=[...t];for(let r=0;r<n.length;r++)if(e+=+(n[r]==="(")-+(n[r]===")"),e<=0)return e===0&&r>0&&r===n.length-1?t.slice(1,-1):null;return null}function Xr(t){let e=Qr(t);return e!==null?{text:e,level:ss}:{text:t,level:t.startsWith("-")?an:ze}}function Zr(t,e){let n=(o,s)=>o.level>=s?o.text:`(${o.text})`;e.length>us&&e.splice(3,e.length-4,{text:"…",level:ze});let r=()=>e.map(o=>o.text).join(", ");switch(t.name){case"add":case"sum":return e.length===1?e[0].text:e.map((o,s)=>n(o,s?Kr:an)).join(" + ");case"mul":case"prod":return e.map(o=>n(o,Kr)).join(" · ");case"pow":return e.map(o=>n(o,ze)).join("^");case"powc":{let o=t.symbol.replace("**","").replace(/\.0$/,"");if(o==="-1")return`1 / ${n(e[0],ls)}`;let i=/^-?\d+$/.test(o)?[...o].map(u=>Yr[u]).join(""):`^${o}`;return n(e[0],ze)+i}case"abs":return`|${e[0].text}|`;case"where":{let[o,s,i]=e.map(u=>n(u,is));return`${s} if ${o} else ${i}`}}if(!t.symbol)return`made by hand(${r()})`;let a=!/[\p{L}\p{N}]/u.test(t.symbol);return t.name==="handmade"&&a&&e.length===1&&(e=[...e,{text:"…",level:ze}],a=cs.has(t.symbol)),ds.has(t.name)||a&&e.length>1?e.map(o=>n(o,an)).join(` ${t.symbol} `):`${t.symbol}(${r()})`}var ht=class{constructor(e,n){this.source=e;this.size=e.op.length,this.parents=e.parents,this.roots=e.roots,this.labels=Array.from({length:this.size},(a,o)=>e.labels[o]??""),this.children=Array.from({length:this.size},()=>[]),this.parents.forEach((a,o)=>a.forEach(s=>this.children[s].push(o))),this.rules=e.op.map(a=>a<0?null:n[e.ops[a].key]??null),this.frozen=new Map(Object.entries(e.frozen).map(([a,o])=>[Number(a),o.map(Number)]));let r=e.op.flatMap((a,o)=>a<0?[o]:[]);if(this.constants=new Uint8Array(this.size),r.some(a=>this.labels[a]))for(let a of r)this.constants[a]=+!this.labels[a];this.nameAll(),this.held=new Map(Object.entries(e.grads).map(([a,o])=>[Number(a),Number(o)]))}source;size;parents;children;labels;roots;held;rules;frozen;names=[];constants;isLeaf(e){return this.source.op[e]<0}isConstant(e){return this.constants[e]===1}isHandmade(e){return!this.isLeaf(e)&&this.rules[e]===null}hasOwnBackward(e){return this.frozen.has(e)}op(e){return this.source.ops[this.source.op[e]]}isProduct(e){return!this.isLeaf(e)&&["mul","prod"].includes(this.op(e).name)}sign(e){return this.isLeaf(e)?"":this.op(e).sign}heldBehind(e){let n=new Uint8Array(this.size);n[e]=1;for(let r=e+1;r<this.size;r++)if(this.parents[r].some(a=>n[a])){if(this.isHandmade(r))return r;n[r]=1}return-1}start(){let e=new Float64Array(this.size);for(let[n,r]of Object.entries(this.source.data))e[Number(n)]=Number(r);return this.forward(e)}forward(e){for(let n=0;n<this.size;n++){let r=this.rules[n];r&&(e[n]=r.value(this.arguments(n,e)))}return e}forwardThrough(e,n){for(let r of e){let a=this.rules[r];a&&(n[r]=a.value(this.arguments(r,n)))}}arguments(e,n){return this.parents[e].map(r=>n[r])}partials(e,n){let r=this.frozen.get(e);if(r)return r;let a=this.rules[e];return a?a.partials(this.arguments(e,n),n[e]):this.parents[e].map(()=>0)}name(e){return this.names[e]}nameAll(){let e=new Set(this.labels.filter(Boolean).map(on)),n=new Map;for(let r=0;r<this.size;r++){if(this.isConstant(r)){this.names.push(k(Number(this.source.data[r])));continue}let a=this.labels[r]&&on(this.labels[r]),o;do{let s=(n.get(a)??0)+1;n.set(a,s),o=a?s>1?`${a}#${s}`:a:`v${s}`}while(o!==a&&e.has(o));this.names.push(o)}}expression(e,n=r=>this.name(r)){let r=this.parents[e].map(a=>Xr(n(a)));return Zr(this.op(e),r)}};var ft=class{constructor(e,n){this.graph=e;this.data=n;this.points=n.points.map(r=>r.map(Number)),this.wanted=n.wanted.map(r=>r.map(Number)),this.order=e.parents.flatMap((r,a)=>r.length?[a]:[]),this.grad=new Float64Array(e.size)}graph;data;points;wanted;order;grad;next=0;restart(){this.next=0,this.grad.fill(0)}step(e,{rate:n,batch:r,zeroGrad:a}){let o=Math.min(Math.max(1,r),this.points.length),s=Array.from({length:o},(c,p)=>(this.next+p)%this.points.length);this.next=(this.next+o)%this.points.length,a&&this.grad.fill(0);let i=e.slice(),u=0;for(let c of s)this.put(i,c),u+=i[this.data.loss],this.backward(i,1/o);for(let c of this.data.parameters)e[c]-=n*this.grad[c];return u/o}loss(e){let n=e.slice(),r=0;return this.points.forEach((a,o)=>{this.put(n,o),r+=n[this.data.loss]}),r/this.points.length}put(e,n){this.data.inputs.forEach((r,a)=>{e[r]=this.points[n][a]}),this.data.targets.forEach((r,a)=>{e[r]=this.wanted[n][a]}),this.graph.forwardThrough(this.order,e)}backward(e,n){let r=new Float64Array(this.graph.size);r[this.data.loss]=n;for(let a=this.order.length-1;a>=0;a--){let o=this.order[a];if(r[o]===0)continue;let s=this.graph.partials(o,e);this.graph.parents[o].forEach((i,u)=>{r[i]+=s[u]*r[o]})}for(let a of this.data.parameters)this.grad[a]+=r[a]}};function ms(t){let e=-1;return t.labels.forEach((n,r)=>{!n||!t.isLeaf(r)||(e<0||t.children[r].length>t.children[e].length)&&(e=r)}),e<0||t.size>40?null:`n${e}`}function hs({curves:t,steps:e}){let n=t.find(i=>i.name==="loss"),r=n?.values.map(Number)??[],a=(r[0]+Math.min(...r))/2,o=n?.steps[r.findIndex(i=>i<=a)]??0,s=e.findIndex(i=>i>=o);return o>0&&s>=0?s:e.length-1}function sn(t,e={}){for(let[n,r]of Object.entries(e))t[Number(n)]=Number(r);return Object.keys(e).map(Number)}function Jr(t,e){let n=new ht(t.graph,e),r=new it(t.picture,n),a=n.start(),o=z(a.slice()),s=z(n.roots[n.roots.length-1]),i=z({assign:!1,twice:!1,naive:!1}),u=z(!1),c=z(1),p=z(ms(n)),h=z(new Set(r.groups.filter(x=>!x.foldedAtFirst).map(x=>x.id))),d=z(null),m=z(null),g=z({right:0,asked:0}),v=z(1),f=z(!1),b=z({right:0,asked:0}),_=z("auto"),y=z(""),w=t.trainer?new ft(n,t.trainer):null,C=z([]),E=z(t.history?hs(t.history):0),S=z(0),N=t.code?new Ze(t.code):null,ae=z(!0),A=G(()=>new Pe(n,s.value,i.value,N?.told,ae.value)),K=z(N&&!N.told.made.length?"line":"step"),V=z(-1),B=G(()=>N?new Je(N,A.value.keys()):null),gt=G(()=>B.value?V.value>=0&&B.value.step(V.value)===S.value?V.value:B.value.moment(S.value):-1),vt=G(()=>new tt(n,o.value)),na=G(()=>A.value.at(S.value)),bt=G(()=>A.value.phaseOf(S.value)),ra=G(()=>A.value.computed(S.value)),yt=G(()=>Object.values(i.value).some(Boolean)),{yours:De,right:aa={}}=t.graph,ln=Object.fromEntries(Object.entries(aa).filter(([x])=>!n.isConstant(Number(x)))),Oe=G(()=>De!==void 0&&!yt.value&&!pn.value.length&&s.value===n.roots[n.roots.length-1]&&S.value===A.value.length),un=G(()=>{let x=A.value.play(S.value,vt.value);return Oe.value&&sn(x.grad,De).forEach(M=>x.reached[M]=1),x}),Le=G(()=>{let x=new Pe(n,s.value,{assign:!1,twice:!1,naive:!1},N?.told&&{...N.told,assigned:new Set,added:[]}),M=x.play(x.length,vt.value);return Oe.value&&(sn(M.grad,De),sn(M.grad,ln)),M}),oa=G(()=>{let x=new Set;if(Oe.value)return new Set(Object.keys(ln).map(Number));if(!yt.value&&!A.value.mayBeWrong)return x;for(let M of A.value.order)A.value.isSettled(M,S.value)&&(X(un.value.grad[M],Le.value.grad[M])||x.add(M));return x}),sa=G(()=>bt.value==="order"?A.value.ordering(S.value):null),cn=G(()=>r.scene(h.value)),ia=G(()=>{let x=p.value;return x?.startsWith("n")?Number(x.slice(1)):-1}),pn=G(()=>n.labels.map((x,M)=>M).filter(x=>n.isLeaf(x)&&!Object.is(o.value[x],a[x])));(t.history||t.trainer||De)&&(S.value=A.value.length);let la=x=>wt(()=>{s.value=x}),ua=x=>{let M=bt.value==="order";wt(()=>{ae.value=x}),M&&!x&&mn("backward")},Re=x=>{S.value=Math.min(A.value.length,Math.max(0,Math.round(x)))},ca=x=>{if(!N||!B.value||K.value==="step"){Re(S.value+x);return}let M=N.beside(gt.value,x,K.value),P=B.value.step(M);ee(()=>{V.value=M,Re(P)})},pa=()=>N&&K.value!=="step"?N.isLast(gt.value,K.value):S.value>=A.value.length,wt=x=>ee(()=>{let M=A.value,P=M.phaseOf(S.value),ne=S.value>=M.length;x();let J=A.value;ne?S.value=J.length:P==="backward"?S.value=Math.min(J.length,S.value-M.ends.order+J.ends.order):S.value=Math.min(S.value,J.length)}),dn=(x,M,P=o.value,ne=Le.value.grad[x])=>{if(Object.is(o.value[x],M))return;let J=P.slice();J[x]=M,n.forward(J),o.value=J;let _t=J[s.value]-P[s.value];d.value={node:x,from:P[x],to:M,predicted:ne*(M-P[x]),actual:_t,held:n.heldBehind(x)}},da=x=>{let M=o.value,P=Le.value.grad[x];return ne=>{let J=10**Math.floor(Math.log10(Math.max(Math.abs(M[x]),1)))/100,_t=Math.round((M[x]+ne*J)*1e6)/1e6;dn(x,_t,M,P)}},ma=x=>{let M=o.value.slice();for(let[P,ne]of x)M[P]=ne;o.value=n.forward(M),d.value=null},ha=(x,M)=>{let P=new Set(h.value);M?P.add(x.id):P.delete(x.id),h.value=P,!M&&p.value&&!cn.value.boxes.has(p.value)&&(p.value=we(x))},fa=x=>{let M=x?r.groups:[r.root];h.value=new Set(M.map(P=>P.id))},ga=x=>{let M=r.around(x);M.some(P=>!h.value.has(P.id))&&(h.value=new Set([...h.value,...M.map(P=>P.id)])),p.value=`n${x}`},va=x=>m.value?.node===x&&m.value.verdict!=="right"&&m.value.verdict!=="shown",mn=(x,M=!1)=>{let{ends:P}=A.value,ne=x==="forward"?0:x==="order"?P.forward:P.order;Re(M?P[x]:ne+1)};return{page:t,graph:n,tree:r,original:a,data:o,root:s,setRoot:la,bugs:i,step:S,playing:u,speed:c,selected:p,open:h,change:d,quiz:m,score:g,level:v,predicting:f,predicted:b,theme:_,told:y,snapshot:E,timeline:A,partials:vt,current:na,phase:bt,known:ra,ordering:sa,gradients:un,right:Le,asLeft:Oe,broken:yt,wrong:oa,scene:cn,selectedNode:ia,edited:pn,code:N,withOrder:ae,setOrder:ua,grain:K,chosen:V,moment:gt,alignment:B,goTo:Re,advance:ca,isAtEnd:pa,keepingPlace:wt,setLeaf:dn,dragLeaf:da,setLeaves:ma,trainer:w,losses:C,setOpen:ha,setAllOpen:fa,reveal:ga,hidden:va,goToPhase:mn}}var ea=`.mg-place {
  height: 100%;
  container-type: size; /* the page may be a whole window, or a cell of a notebook */
}
.mg-widget {
  height: 720px;
}
.mg-widget .mg-place {
  border: 1px solid #8884;
  border-radius: 12px;
  overflow: hidden;
}

.mg-root-element {
  --paper: #f7f7f4;
  --card: #ffffff;
  --ink: #1c1d22;
  --muted: #5b5e6b;
  --line: #d9d9d3;
  --edge: #b4b5bd;
  --soft: #efefe9;
  --accent: #3b3f8f;
  --data: #1554c0;
  --data-soft: #e3edfd;
  --grad: #a84300;
  --grad-soft: #ffe9d6;
  --grad-strong: #e8700a;
  --local: #0b6e5f;
  --local-soft: #dff3ee;
  --wrong: #c01530;
  --wrong-soft: #fde5e8;
  --ok: #1a7038;
  --mono:
    ui-monospace, "SF Mono", "Cascadia Mono", "JetBrains Mono", Menlo, Consolas, "DejaVu Sans Mono",
    monospace;
  color-scheme: light;
  box-sizing: border-box;
  display: grid;
  grid-template: auto minmax(0, 1fr) auto / minmax(0, 1fr);
  height: 100%;
  min-height: 0;
  background: var(--paper);
  color: var(--ink);
  font:
    15px/1.45 system-ui,
    -apple-system,
    "Segoe UI",
    Roboto,
    "Noto Sans",
    "DejaVu Sans",
    sans-serif;
}
.mg-root-element *,
.mg-root-element *::before {
  box-sizing: border-box;
}

.mg-root-element[data-theme="dark"] {
  --paper: #14151a;
  --card: #1d1f26;
  --ink: #ececf1;
  --muted: #a5a8b5;
  --line: #34363f;
  --edge: #5d606d;
  --soft: #282a33;
  --accent: #b9bcff;
  --data: #86b4ff;
  --data-soft: #1c2d4c;
  --grad: #ffae66;
  --grad-soft: #45290f;
  --grad-strong: #ff9236;
  --local: #66d3bd;
  --local-soft: #12362f;
  --wrong: #ff8494;
  --wrong-soft: #4a1820;
  --ok: #7fd79a;
  color-scheme: dark;
}
@media (prefers-color-scheme: dark) {
  .mg-root-element[data-theme="auto"] {
    --paper: #14151a;
    --card: #1d1f26;
    --ink: #ececf1;
    --muted: #a5a8b5;
    --line: #34363f;
    --edge: #5d606d;
    --soft: #282a33;
    --accent: #b9bcff;
    --data: #86b4ff;
    --data-soft: #1c2d4c;
    --grad: #ffae66;
    --grad-soft: #45290f;
    --grad-strong: #ff9236;
    --local: #66d3bd;
    --local-soft: #12362f;
    --wrong: #ff8494;
    --wrong-soft: #4a1820;
    --ok: #7fd79a;
    color-scheme: dark;
  }
}

/* controls */
.mg-root-element button,
.mg-root-element input,
.mg-root-element select {
  font: inherit;
  color: inherit;
}
.mg-root-element button,
.mg-root-element select {
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 8px;
  padding: 4px 11px;
  min-height: 32px;
  cursor: pointer;
}
.mg-root-element button:hover {
  border-color: var(--muted);
}
.mg-root-element button[aria-pressed="true"] {
  background: var(--ink);
  border-color: var(--ink);
  color: var(--paper);
}
.mg-root-element input:not([type="checkbox"], [type="range"]) {
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 8px;
  padding: 4px 10px;
  min-height: 32px;
}
.mg-root-element :focus-visible {
  outline: 3px solid var(--accent);
  outline-offset: 1px;
}
.mg-root-element p {
  margin: 0;
}
.mg-sr {
  position: absolute;
  width: 1px;
  height: 1px;
  overflow: hidden;
  clip-path: inset(50%);
  white-space: nowrap;
}
.mg-muted {
  color: var(--muted);
}
.mg-t-data {
  color: var(--data);
}
.mg-t-grad {
  color: var(--grad);
}
.mg-t-local {
  color: var(--local);
}
.mg-t-wrong {
  color: var(--wrong);
  font-weight: 600;
}
.mg-t-ok {
  color: var(--ok);
  font-weight: 600;
}
.mg-row {
  display: flex;
  flex-wrap: wrap;
  gap: 8px;
  align-items: center;
  margin-top: 10px;
}
.mg-grow {
  flex: 1;
}

/* header */
.mg-header {
  display: flex;
  align-items: center;
  gap: 8px;
  padding: 8px 14px;
  background: var(--card);
  border-bottom: 1px solid var(--line);
}
.mg-header h1 {
  margin: 0;
  font: 600 17px/1.3 var(--mono);
  white-space: nowrap;
  overflow: hidden;
  text-overflow: ellipsis;
  max-width: 40ch;
}
.mg-header > button {
  flex: none;
}
.mg-heading {
  min-width: 0;
}
.mg-heading p {
  white-space: nowrap;
  overflow: hidden;
  text-overflow: ellipsis;
}
.mg-lede {
  font-size: 14px;
  color: var(--muted);
}
.mg-title-line {
  display: flex;
  gap: 10px;
  align-items: baseline;
}
.mg-note {
  color: var(--muted);
  white-space: nowrap;
  overflow: hidden;
  text-overflow: ellipsis;
  min-width: 0;
}
.mg-from {
  white-space: nowrap;
  color: var(--muted);
  font-size: 14px;
}
.mg-search {
  position: relative;
}
.mg-search input {
  width: 190px;
}
.mg-found {
  position: absolute;
  top: 100%;
  right: 0;
  margin-top: 4px;
  padding: 1px 9px;
  border-radius: 7px;
  background: var(--ink);
  color: var(--paper);
  font-size: 13px;
  white-space: nowrap;
  z-index: 3;
}
.mg-found:empty {
  display: none;
}

/* the graph */
.mg-main {
  display: grid;
  grid-template-columns: minmax(0, 1fr) 372px;
  min-height: 0;
}
.mg-graph-area {
  position: relative;
  min-height: 0;
}
.mg-graph {
  position: absolute;
  inset: 0;
  overflow: hidden;
  cursor: grab;
  touch-action: none;
  user-select: none;
}
.mg-graph:focus-visible {
  outline-offset: -4px;
}
.mg-grabbing {
  cursor: grabbing;
}
.mg-svg {
  display: block;
  width: 100%;
  height: 100%;
  position: relative;
}
.mg-overview {
  position: absolute;
  inset: 0;
  width: 100%;
  height: 100%;
}
.mg-tiny {
  visibility: hidden;
}
.mg-svg text {
  font-family: var(--mono);
  fill: var(--ink);
}
.mg-svg [data-key] {
  cursor: pointer;
}
.mg-svg .mg-leaf[data-key] {
  cursor: ew-resize;
}
.mg-zoom {
  position: absolute;
  right: 14px;
  bottom: 14px;
  display: flex;
  gap: 6px;
}
.mg-zoom button {
  width: 36px;
  height: 36px;
  padding: 0;
  font-size: 18px;
}
.mg-legend {
  position: absolute;
  left: 14px;
  bottom: 14px;
  max-width: calc(100% - 168px); /* beside the buttons, however narrow the graph is */
  display: flex;
  flex-wrap: wrap;
  gap: 0 16px;
  margin: 0;
  padding: 5px 12px;
  list-style: none;
  border-radius: 9px;
  background: var(--card);
  border: 1px solid var(--line);
  font-size: 13.5px;
  font-weight: 600;
}
.mg-box {
  fill: var(--card);
  stroke: var(--edge);
  stroke-width: 1.5;
}
.mg-leaf .mg-box {
  stroke-width: 2;
}
.mg-label {
  font-size: 16px;
  font-weight: 700;
}
.mg-svg .mg-auto {
  font-weight: 400;
  font-size: 14.5px;
  fill: var(--muted);
  font-style: italic;
}
.mg-svg .mg-key {
  font-size: 13px;
  fill: var(--muted);
}
.mg-svg .mg-data {
  font-size: 15.5px;
  font-weight: 600;
  fill: var(--data);
}
.mg-svg .mg-grad {
  font-size: 15.5px;
  font-weight: 600;
  fill: var(--grad);
}
.mg-small .mg-label {
  font-size: 20px;
}
.mg-svg.mg-small .mg-auto {
  font-size: 20px;
}
.mg-svg.mg-small .mg-data,
.mg-svg.mg-small .mg-grad {
  font-size: 19px;
}
.mg-svg.mg-small .mg-key {
  font-size: 15px;
}
.mg-svg.mg-small .mg-pill text {
  font-size: 19px;
}
.mg-svg.mg-small .mg-right text {
  font-size: 18px;
}
.mg-svg.mg-small .mg-frame-label {
  font-size: 22px;
}
.mg-svg.mg-small .mg-count {
  font-size: 18px;
}
.mg-small .mg-group .mg-label {
  font-size: 20px;
}
.mg-badge circle {
  fill: var(--accent);
}
.mg-svg .mg-badge text {
  fill: var(--paper);
  font-size: 14px;
  font-weight: 700;
}
.mg-visited .mg-box {
  stroke: var(--accent);
  stroke-dasharray: 6 4;
}
.mg-listed .mg-box {
  stroke: var(--accent);
}
.mg-op {
  fill: var(--soft);
  stroke: var(--edge);
  stroke-width: 1.5;
}
.mg-svg .mg-symbol {
  font-weight: 600;
}
.mg-wire {
  fill: none;
  stroke: var(--edge);
  stroke-width: 1.8;
}
.mg-edge path {
  fill: none;
  stroke: var(--edge);
  stroke-width: 1.8;
}
.mg-dense .mg-far:not(.mg-near, .mg-flow, .mg-forward) path {
  opacity: 0.25;
}
.mg-near path {
  stroke: var(--muted);
  stroke-width: 2.4;
}
.mg-edge.mg-forward path {
  stroke: var(--data);
  stroke-width: 3;
}
.mg-edge.mg-flow path {
  stroke: var(--grad-strong);
  stroke-width: 4.5;
  stroke-linecap: round;
}
.mg-pill {
  pointer-events: none;
}
.mg-pill rect {
  fill: var(--paper);
  stroke: var(--line);
}
.mg-svg .mg-pill text {
  font-size: 13px;
  font-weight: 600;
  fill: var(--local);
}
.mg-svg .mg-many text {
  fill: var(--muted);
}
.mg-pill.mg-flow rect {
  fill: var(--local-soft);
  stroke: var(--local);
  stroke-width: 2;
}
.mg-svg [data-key]:hover > .mg-box {
  stroke: var(--ink);
}
.mg-unknown .mg-box {
  stroke-dasharray: 5 4;
}
.mg-lit-forward .mg-box {
  stroke: var(--data);
  stroke-width: 3;
  fill: var(--data-soft);
}
.mg-lit-order .mg-box {
  stroke: var(--accent);
  stroke-width: 4;
  fill: var(--soft);
}
.mg-lit-backward .mg-box {
  stroke: var(--grad-strong);
  stroke-width: 3;
  fill: var(--grad-soft);
}
.mg-selected .mg-box {
  stroke: var(--ink);
  stroke-width: 3;
}
.mg-selected.mg-lit-backward .mg-box {
  stroke: var(--grad-strong);
  stroke-width: 4;
}
.mg-wrong .mg-box {
  stroke: var(--wrong);
  stroke-width: 3.5;
  fill: var(--wrong-soft);
}
.mg-svg .mg-wrong .mg-grad {
  fill: var(--wrong);
  text-decoration: line-through;
}
.mg-right rect {
  fill: var(--wrong);
}
.mg-svg .mg-right text {
  fill: var(--paper);
  font-size: 13px;
  font-weight: 700;
}
.mg-asked .mg-box {
  stroke: var(--accent);
  stroke-width: 3;
  stroke-dasharray: 3 3;
}
.mg-stack {
  fill: var(--soft);
  stroke: var(--edge);
}
.mg-group .mg-box {
  fill: var(--soft);
  stroke: var(--muted);
}
.mg-group .mg-label {
  font-size: 15px;
  font-family: system-ui, "Segoe UI", Roboto, "Noto Sans", "DejaVu Sans", sans-serif;
}
.mg-svg .mg-count {
  font-size: 13px;
  fill: var(--muted);
}
.mg-fold {
  fill: none;
  stroke: var(--muted);
  stroke-width: 1.6;
}
.mg-frame {
  fill: color-mix(in srgb, var(--ink) 3.5%, transparent);
  stroke: var(--edge);
  stroke-dasharray: 6 5;
}
.mg-open.mg-selected .mg-frame {
  stroke: var(--ink);
  stroke-width: 2;
}
.mg-svg .mg-frame-label {
  font-size: 14px;
  font-weight: 600;
  fill: var(--muted);
}
.mg-hit {
  fill: transparent;
}

/* beside the graph */
.mg-side {
  position: relative; /* what is hidden from sight but read aloud stays inside */
  overflow-y: auto;
  padding: 12px;
  display: flex;
  flex-direction: column;
  gap: 12px;
  border-left: 1px solid var(--line);
}
.mg-parts {
  position: sticky;
  top: -12px;
  z-index: 2;
  display: flex;
  gap: 2px;
  margin: -12px -12px 0;
  padding: 6px 10px;
  overflow-x: auto;
  flex: none;
  background: var(--paper);
  border-bottom: 1px solid var(--line);
}
.mg-root-element .mg-parts button {
  border: 0;
  background: none;
  padding: 2px 8px;
  min-height: 28px;
  font-size: 14px;
  white-space: nowrap;
  color: var(--muted);
}
.mg-root-element .mg-parts button:hover {
  color: var(--ink);
  text-decoration: underline;
}
.mg-side > section {
  scroll-margin-top: 48px;
}
.mg-card {
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 12px;
  padding: 12px 14px;
  flex: none;
}
.mg-card h2 {
  margin: 0 0 6px;
  font-size: 16px;
  display: flex;
  gap: 10px;
  align-items: baseline;
  overflow-wrap: anywhere;
}
.mg-inspector h2 {
  font-family: var(--mono);
  font-size: 18px;
}
.mg-kind {
  font:
    400 14px system-ui,
    "Noto Sans",
    "DejaVu Sans",
    sans-serif;
  color: var(--muted);
}
.mg-line {
  margin: 6px 0;
}
.mg-line b,
.mg-card td,
.mg-formula {
  font-family: var(--mono);
  font-size: 14.5px;
}
.mg-formula {
  overflow-wrap: anywhere;
}
.mg-leaf {
  display: flex;
  gap: 6px;
  align-items: center;
  flex-wrap: wrap;
}
.mg-leaf-input {
  width: 92px;
  color: var(--data) !important;
  font-family: var(--mono) !important;
  font-weight: 600 !important;
}
.mg-leaf-input[aria-invalid="true"],
.mg-answer[aria-invalid="true"] {
  border-color: var(--wrong) !important;
}
.mg-leaf button {
  padding: 4px 6px;
}
.mg-leaf p {
  flex-basis: 100%;
}
.mg-leaf p:empty {
  position: absolute; /* or it would be a row, with a gap */
}
.mg-card table {
  border-collapse: collapse;
  width: 100%;
  font-variant-numeric: tabular-nums;
}
.mg-card th {
  font-weight: 500;
  color: var(--muted);
  text-align: left;
  font-size: 14px;
  padding: 3px 0;
}
.mg-card td {
  padding: 3px 0 3px 8px;
  text-align: right;
}
.mg-card td:first-child {
  text-align: left;
  padding-left: 0;
  overflow-wrap: anywhere;
}
.mg-ledger {
  margin-top: 10px;
}
.mg-ledger caption {
  text-align: left;
  font-weight: 600;
  padding-bottom: 2px;
}
.mg-ledger thead th:not(:first-child) {
  text-align: right;
}
.mg-ledger tbody tr {
  border-top: 1px solid var(--line);
}
.mg-ledger tfoot th,
.mg-ledger tfoot td {
  border-top: 2px solid var(--ink);
  padding-top: 5px;
  color: var(--ink);
  font-weight: 600;
}
.mg-ledger tfoot td b {
  font-size: 17px;
}
.mg-lost td,
.mg-lost b {
  text-decoration: line-through;
  color: var(--muted);
}
.mg-wrong-sum b {
  color: var(--wrong);
  text-decoration: line-through;
}
.mg-verdict {
  margin-top: 4px;
}
.mg-change {
  margin-top: 10px;
  padding: 9px 11px;
  border-radius: 9px;
  background: var(--soft);
}
.mg-change .mg-muted {
  font-size: 14px;
}
.mg-change th {
  color: var(--ink);
}
.mg-toggle {
  display: flex;
  gap: 10px;
  padding: 5px 0;
  cursor: pointer;
  align-items: flex-start;
}
.mg-toggle input {
  width: 18px;
  height: 18px;
  margin: 2px 0 0;
  accent-color: var(--wrong);
  flex: none;
}
.mg-toggle b {
  font-family: var(--mono);
  font-size: 14.5px;
}
.mg-toggle small {
  display: block;
  font-size: 13.5px;
  color: var(--muted);
}
.mg-outcome {
  margin-top: 6px;
  padding-top: 8px;
  border-top: 1px solid var(--line);
}
.mg-outcome thead th:not(:first-child) {
  text-align: right;
}
.mg-root-element .mg-link {
  border: 0;
  padding: 0;
  min-height: 24px;
  background: none;
  text-decoration: underline;
  font-family: var(--mono);
}
form [role="status"] {
  margin-top: 8px;
}
.mg-answer {
  flex: 1;
  min-width: 0;
}
.mg-tabs {
  display: flex;
  gap: 5px;
  flex-wrap: wrap;
}
.mg-root-element .mg-tabs button {
  padding: 4px 9px;
}
.mg-title-row {
  display: flex;
  align-items: center;
  gap: 8px;
  margin-bottom: 8px;
}
.mg-title-row h2 {
  margin: 0;
  flex: 1;
}
.mg-title-row span {
  font-size: 13.5px;
}
.mg-code {
  margin: 6px 0 0;
  max-height: 300px;
  overflow: auto;
  padding: 10px 12px;
  border-radius: 8px;
  background: var(--soft);
  font: 13.5px/1.5 var(--mono);
}
.mg-math {
  margin-top: 8px;
  padding: 10px;
  overflow: auto;
  border-radius: 8px;
  background: var(--soft);
  font-size: 18px;
}
.mg-math math {
  text-align: left;
}
.mg-math mtd {
  text-align: left;
  padding: 4px 1px;
}

/* the code */
@container (min-width: 901px) {
  .mg-with-code {
    grid-template-columns: minmax(0, 1fr) minmax(372px, 44%);
  }
}
.mg-codepane h2 {
  font-family: var(--mono);
  white-space: nowrap;
}
.mg-codepane .mg-title-row label {
  flex: 0 1 27ch;
  min-width: 0;
}
.mg-codepane select {
  width: 100%;
}
.mg-remark {
  margin-bottom: 6px;
}
.mg-calls {
  list-style: none;
  margin: 0 0 8px;
  padding: 0;
  max-height: 166px;
  overflow: auto;
  font: 13.5px/1.5 var(--mono);
}
.mg-calls li {
  padding-left: calc(14px * var(--deep));
  white-space: nowrap;
  overflow: hidden;
  text-overflow: ellipsis;
}
.mg-calls code {
  font: inherit;
  color: var(--muted);
  margin-left: 10px;
}
.mg-call-argument {
  margin-left: 8px;
}
.mg-source {
  position: relative;
  height: 236px;
  overflow: auto;
  padding: 6px 0;
  border-radius: 8px;
  background: var(--soft);
  font: 13.5px/1.5 var(--mono);
}
.mg-source code {
  font: inherit;
  white-space: pre;
}
.mg-code-line {
  display: flex;
  min-width: max-content;
  padding-right: 10px;
  border-left: 4px solid transparent;
}
.mg-line-number {
  flex: none;
  width: 4ch;
  margin-right: 1.5ch;
  text-align: right;
  color: var(--muted);
  user-select: none;
}
.mg-line-now {
  background: var(--card);
  border-left-color: var(--accent);
}
.mg-line-waiting {
  border-left-color: var(--edge);
}
.mg-filled {
  display: block;
  color: var(--muted);
}
.mg-c-keyword {
  font-weight: 700;
}
.mg-c-comment,
.mg-c-string {
  color: var(--muted);
}
.mg-c-data {
  color: var(--data);
  font-weight: 600;
}
.mg-c-grad {
  color: var(--grad);
  font-weight: 600;
}
.mg-c-name {
  font-weight: 600;
}
.mg-filled .mg-c-string {
  color: inherit;
}
.mg-names {
  margin-top: 8px;
}
.mg-card .mg-names th {
  font-family: var(--mono);
  font-size: 13.5px;
  vertical-align: top;
  padding-right: 10px;
  white-space: nowrap;
}
.mg-card .mg-names td {
  text-align: left;
  font-size: 13.5px;
  width: 100%;
  overflow-wrap: anywhere;
}
.mg-card .mg-changed th {
  color: var(--ink);
  font-weight: 700;
}
.mg-pair {
  margin-left: 12px;
  white-space: nowrap;
}
.mg-pair small {
  color: var(--muted);
}

/* training */
.mg-training figure {
  margin: 12px 0 0;
  max-width: 520px;
}
.mg-training figcaption {
  font-size: 13.5px;
  color: var(--muted);
}
.mg-plane {
  cursor: crosshair;
  width: 100%;
  border: 1px solid var(--line);
  border-radius: 8px;
  display: block;
  color: var(--ink);
}
.mg-chart {
  display: block;
  width: 100%;
}
.mg-axis {
  stroke: var(--line);
}
.mg-curve {
  fill: none;
  stroke: var(--ink);
  stroke-width: 2;
  stroke-linejoin: round;
}
line.mg-now {
  stroke: var(--muted);
  stroke-dasharray: 3 3;
}
circle.mg-now {
  fill: var(--ink);
}
.mg-bar {
  fill: var(--data);
}
.mg-epochs {
  flex: 1;
  min-width: 90px;
}
.mg-loss {
  margin-left: auto;
}
.mg-loss b {
  font-family: var(--mono);
}
.mg-settings {
  gap: 8px 16px;
}
.mg-settings input {
  width: 8ch;
  font-family: var(--mono) !important;
}
.mg-settings .mg-check input {
  width: 18px;
  height: 18px;
  vertical-align: -3px;
}
.mg-training select {
  padding: 4px 2px;
}

/* the steps */
.mg-scrubber {
  background: var(--card);
  border-top: 1px solid var(--line);
  padding: 10px 16px 12px;
}
.mg-sentence {
  min-height: 56px;
  font-size: 19px;
  line-height: 1.4;
  overflow-wrap: anywhere;
}
.mg-sentence b,
.mg-sentence .mg-t-local,
.mg-sentence .mg-t-grad,
.mg-sentence .mg-t-data {
  font-family: var(--mono);
}
.mg-sentence .mg-list {
  font-family: var(--mono);
  color: var(--muted);
  font-size: 17px;
}
.mg-root-element .mg-skip {
  font-size: 13.5px;
  min-height: 24px;
  padding: 0 8px;
  vertical-align: 2px;
}
.mg-aside-note {
  display: block;
  font-size: 15px;
  color: var(--muted);
}
.mg-predict {
  display: flex;
  flex-wrap: wrap;
  gap: 6px 8px;
  align-items: center;
  margin: 0 0 8px;
}
.mg-predict .mg-answer {
  width: 11ch;
  font-family: var(--mono) !important;
}
.mg-icon {
  width: 18px;
  height: 18px;
  fill: currentColor;
  stroke: currentColor;
  stroke-width: 2.2;
  stroke-linejoin: round;
  stroke-linecap: round;
  display: block;
  margin: auto;
}
.mg-controls {
  display: flex;
  gap: 14px;
  align-items: center;
}
.mg-row.mg-controls {
  gap: 7px;
  flex-wrap: nowrap;
  margin-top: 4px;
}
.mg-buttons {
  display: flex;
  gap: 5px;
}
.mg-buttons button,
.mg-row.mg-controls button {
  width: 38px;
  padding: 0;
  height: 36px;
  font-size: 13px;
}
.mg-root-element .mg-play {
  background: var(--ink);
  color: var(--paper);
  border-color: var(--ink);
}
.mg-track {
  flex: 1;
  min-width: 120px;
}
.mg-phases {
  display: flex;
  gap: 2px;
  margin-bottom: 3px;
}
.mg-phases button {
  min-height: 24px;
  padding: 0 6px;
  font-size: 13.5px;
  border-radius: 6px;
  min-width: max-content;
}
.mg-root-element .mg-phases .mg-skipped {
  border-style: dashed;
  color: var(--muted);
}
.mg-slider {
  width: 100%;
  display: block;
  margin: 0;
  appearance: none;
  height: 20px;
  background: none;
  cursor: pointer;
}
.mg-slider::-webkit-slider-runnable-track {
  height: 7px;
  border-radius: 4px;
  background: linear-gradient(
    to right,
    var(--played, var(--grad-strong)) var(--at),
    var(--line) var(--at)
  );
}
.mg-slider::-moz-range-track {
  height: 7px;
  border-radius: 4px;
  background: linear-gradient(
    to right,
    var(--played, var(--grad-strong)) var(--at),
    var(--line) var(--at)
  );
}
.mg-slider::-webkit-slider-thumb {
  appearance: none;
  width: 20px;
  height: 20px;
  margin-top: -6.5px;
  border-radius: 50%;
  background: var(--card);
  border: 4px solid var(--played, var(--grad-strong));
}
.mg-slider::-moz-range-thumb {
  width: 12px;
  height: 12px;
  border-radius: 50%;
  background: var(--card);
  border: 4px solid var(--played, var(--grad-strong));
}
.mg-scrubber .mg-count {
  font: 14px var(--mono);
  color: var(--muted);
  white-space: nowrap;
}
.mg-speed {
  font-size: 14px;
  color: var(--muted);
  white-space: nowrap;
}
.mg-scrubber {
  --played: var(--data);
}
.mg-scrubber[data-phase="order"] {
  --played: var(--accent);
}
.mg-scrubber[data-phase="backward"] {
  --played: var(--grad-strong);
}
.mg-epochs {
  --played: var(--ink);
}
.mg-cut {
  margin-top: 6px;
}

.mg-help {
  border: 1px solid var(--line);
  border-radius: 14px;
  padding: 18px 22px;
  background: var(--card);
  color: var(--ink);
  max-width: 620px;
}
.mg-help::backdrop {
  background: #0007;
}
.mg-help h2 {
  margin: 0 0 8px;
  font-size: 18px;
}
.mg-help dl {
  margin: 0 0 14px;
}
.mg-help dl div {
  display: grid;
  grid-template-columns: 205px 1fr;
  padding: 4px 0;
}
.mg-help dt {
  font-family: var(--mono);
  font-weight: 600;
  font-size: 14px;
}
.mg-help dd {
  margin: 0;
}

@container (max-width: 900px) {
  .mg-main {
    grid-template-columns: 1fr;
    grid-template-rows: minmax(0, 1fr) minmax(0, 42%);
  }
  .mg-with-code,
  .mg-with-training {
    grid-template-rows: minmax(0, 1fr) minmax(0, 58%);
  }
  .mg-calls {
    max-height: 62px;
  }
  .mg-source {
    height: 152px;
  }
  .mg-side {
    border-left: 0;
    border-top: 1px solid var(--line);
  }
  .mg-note {
    display: none;
  }
  .mg-header {
    flex-wrap: wrap;
  }
  .mg-heading {
    flex-basis: 100%;
  }
  .mg-header .mg-grow {
    display: none;
  }
  .mg-search {
    flex: 1 0 190px;
  }
  .mg-search input {
    width: 100%;
    min-width: 80px;
  }
  .mg-controls {
    flex-wrap: wrap;
  }
  .mg-track {
    order: 9;
    flex-basis: 100%;
  }
}
@container (max-width: 600px) {
  .mg-search {
    flex: 1 1 0;
  }
  .mg-header {
    gap: 5px;
    padding: 6px 8px;
  }
  .mg-root-element .mg-header button {
    padding: 4px 7px;
  }
  .mg-search input {
    min-width: 56px;
    text-overflow: ellipsis;
  }
  .mg-scrubber {
    padding: 6px 12px 8px;
  }
  .mg-sentence {
    min-height: 62px;
    font-size: 15.5px;
    line-height: 1.35;
  }
  .mg-sentence .mg-list {
    font-size: 14px;
  }
  .mg-aside-note {
    font-size: 14px;
  }
  .mg-controls {
    gap: 6px 10px;
    justify-content: space-between;
  }
  .mg-buttons button {
    width: 34px;
  }
  .mg-scrubber .mg-count {
    display: none; /* the slider tells as much */
  }
  .mg-speed span {
    position: absolute;
    clip-path: inset(50%);
  }
  .mg-root-element .mg-speed select {
    padding: 4px 2px;
  }
  .mg-legend {
    left: 8px;
    bottom: 8px;
    max-width: calc(100% - 140px);
    gap: 0 10px;
    padding: 3px 9px;
    font-size: 12.5px;
  }
  .mg-zoom {
    right: 8px;
    bottom: 8px;
    gap: 4px;
  }
}

/* low: the cell of a notebook, a frame in a lesson */
@container (max-height: 660px) {
  .mg-lede {
    display: none;
  }
}
@container (max-height: 740px) and (min-width: 640px) {
  .mg-main {
    grid-template: minmax(0, 1fr) / minmax(0, 1fr) minmax(290px, 36%);
  }
  .mg-with-code,
  .mg-with-training {
    grid-template: minmax(0, 1fr) / minmax(0, 1fr) minmax(290px, 48%);
  }
  .mg-side {
    border-left: 1px solid var(--line);
    border-top: 0;
  }
  .mg-controls {
    flex-wrap: nowrap;
  }
  .mg-track {
    order: 0;
    flex-basis: 0;
  }
  .mg-speed span {
    display: none;
  }
  .mg-sentence {
    font-size: 17px;
    min-height: 50px;
  }
}
@container (max-height: 740px) and (min-width: 640px) and (max-width: 760px) {
  .mg-scrubber .mg-count {
    display: none; /* the phases need the room */
  }
}
@media (prefers-reduced-motion: no-preference) {
  .mg-box {
    transition: fill 0.15s;
  }
}
`;function ta(t,e,n){let r=document.createElement("style");r.textContent=ea;let a=document.createElement("div");a.className="mg-place",t.append(r,a);let o=Jr(e,n(rn));return At(l(Wr,{store:o}),a),o}function gs(){let t=document.getElementById("micrograd-data"),e=document.getElementById("micrograd-explorer");if(!t||!e||!window.micrograd?.rules)return;let n=JSON.parse(t.textContent??"");e.replaceChildren();let r=ta(e,n,window.micrograd.rules);Ft(r,location.hash),qn(r),window.addEventListener("hashchange",()=>Ft(r,location.hash)),Object.assign(window.micrograd,{library:rn,store:r})}function vs(t,e,n){e.classList.add("mg-widget");let r=ta(e,JSON.parse(t.get("page")),n),a=!1,o=()=>{let i=Object.entries(t.get("leaves"));a=!0,r.setLeaves(i.map(([u,c])=>[Number(u),Number(c)])),a=!1};o(),t.on("change:leaves",o);let s=q(()=>{let i=r.data.value;if(a)return;let u=t.get("leaves"),c=Object.fromEntries(Object.keys(u).map(p=>{let h=i[Number(p)];return[p,Number.isFinite(h)?h:String(h)]}));Object.keys(c).every(p=>Object.is(Number(c[p]),Number(u[p])))||(t.set("leaves",c),t.save_changes())});return()=>{s(),t.off("change:leaves",o),At(null,e.querySelector(".mg-place"))}}window.micrograd={...window.micrograd,renderWidget:vs};gs();
