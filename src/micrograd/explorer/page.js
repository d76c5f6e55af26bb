var E,Gt,at,te,rt,Ne,It,Te,Bt,st,ot,mr,be=Symbol.for("pv"),Pe={},Ae=[],fr=/^m(i|n|o|s|text|space)$/,it=Array.isArray,lt=Ae.slice,se=Object.assign;function ae(t){t&&t.parentNode&&t.remove()}function Ft(t,e,n){var r,o,a,s={},i=arguments.length;for(a in e)a=="key"?r=e[a]:a=="ref"&&typeof t!="function"?o=e[a]:s[a]=e[a];return i>2&&(s.children=i>3?lt.call(arguments,2):n),ve(t,s,r,o,null)}function ve(t,e,n,r,o){var a={type:t,props:e,key:n,ref:r,__k:null,__:null,__b:0,__e:null,__c:null,constructor:be,__v:o||++Gt,__i:-1,__u:0};return!o&&E.vnode&&E.vnode(a),a}function A(t){return t.children}function ue(t,e){this.props=t,this.context=e,this.__g=0}function ne(t,e){if(e==null)return t.__&&ne(t.__,t.__i+1);for(var n;e<t.__k.length;e++)if((n=t.__k[e])&&n.__e)return n.__e;return typeof t.type!="function"||t.props.__P?null:ne(t)}function gr(t){var e,n=t.__v,r=n.__e,o=[],a=[],s=t.__P;s&&((e=se({constructor:be},n)).__v=n.__v+1,E.vnode&&E.vnode(e),ut(s,e,n,t.__n,s.namespaceURI,32&n.__u?[r]:null,o,r||ne(n),32&n.__u,a),e.__v=n.__v,e.__.__k[e.__i]=e,qt(o,e,a),n.__=n.__e=null,e.__e!=r&&Ht(e))}function Ht(t){if((t=t.__)&&t.__c&&!t.props.__P)return t.__e=null,t.__k.some(function(e){return e&&(t.__e=e.__e)}),Ht(t)}function Lt(t){(8&t.__g||(t.__g|=8,te.push(t),Ne++))&&rt==E.debounceRendering||((rt=E.debounceRendering)||queueMicrotask)(jt)}function jt(){try{for(var t,e=1;te.length;)te.length>e&&te.sort(It),t=te.shift(),e=te.length,8&t.__g&&gr(t)}finally{(Ne=te.length)&&(rt||queueMicrotask)(jt)}}function Ut(t,e,n,r,o,a,s,i,u,p,c){var d,m,h,v,g,f,y=r.__k||Ae,b=e.length;for(u=vr(n,e,y,u,b),d=0;d<b;d++)(h=n.__k[d])!=null&&(m=~h.__i&&y[h.__i]||Pe,h.__i=d,f=ut(t,h,m,o,a,s,i,u,p,c),v=h.__e,(m.ref!=h.ref||8&m.__u)&&(m.ref&&ct(m.ref,null,h,m),h.ref&&c.push(h.ref,h.__c||v,h)),g=g||v,4&h.__u?(u=Wt(h,u,t,!m.__v),m.__e&&(m.__e=null)):typeof h.type=="function"&&f!==void 0?u=f:v&&(u=v.nextSibling),h.__u&=-21);return n.__e=g,u}function vr(t,e,n,r,o){var a,s,i,u,p,c,d,m,h,v=n.length,g=v,f=0,y=0,b=t.__k=Array(o);for(a=0;a<o;a++)(s=e[a])!=null&&typeof s!="boolean"&&typeof s!="function"?(typeof s!="object"||s.constructor===String?s=b[a]=ve(null,s):it(s)?s=b[a]=ve(A,{children:s}):s.constructor===be&&s.__b?s=b[a]=ve(s.type,s.props,s.key,s.ref,s.__v):b[a]=s,u=a+f,s.__=t,s.__b=t.__b+1,i=null,~(p=s.__i=br(s,n,u,g))&&(g--,(i=n[p])&&(i.__u|=2)),i&&i.__v?(s.__u|=16,p==u-1?f--:p==u+1?f++:p!=u&&(p>u?f--:f++,y=1)):(~p||(o>v?f--:o<v&&f++),typeof s.type!="function"&&(s.__u|=4))):b[a]=null;if(y){for(c=[],d=[],a=0;a<o;a++)if((s=b[a])&&16&s.__u){for(f=0,m=c.length;f<m;)c[h=f+m>>1]<s.__i?f=h+1:m=h;c[f]=s.__i,d[a]=f+1}for(f=c.length;a--;)d[a]&&(d[a]==f?f--:b[a].__u|=4)}if(g)for(a=0;a<v;a++)!(i=n[a])||2&i.__u||(i.__e==r&&(r=ne(i)),pt(i,i));return r}function Wt(t,e,n,r){var o,a,s,i;if(typeof t.type=="function"){if(t.props.__P)return e;if(o=t.__k)for(a=0;a<o.length;a++)o[a]&&(o[a].__=t,e=Wt(o[a],e,n,!1));return e}for(e&&!e.parentNode&&(e=ne(t))&&!e.parentNode&&(e=null),s=t.__e,i=e;i&&i.nodeType==8;)i=i.nextSibling;for(s!=i&&(!r&&n.moveBefore&&s.parentNode?n.moveBefore(s,e):n.insertBefore(s,e||null)),e=s;(e=e&&e.nextSibling)&&e.nodeType==8&&!e.data.startsWith("$s"););return e}function br(t,e,n,r){var o,a=t.key,s=t.type,i=e[n],u=i&&!(2&i.__u);if(i===null&&a==null||u&&a==i.key&&s==i.type)return n;if(r>(u?1:0)){for(o=n-1;o>=0;o--)if((i=e[o])&&!(2&i.__u)&&a==i.key&&s==i.type)return o;for(o=n+1;o<e.length;o++)if((i=e[o])&&!(2&i.__u)&&a==i.key&&s==i.type)return o}return-1}function Ot(t,e,n){n==null&&(n=""),e[0]=="-"?t.setProperty(e,n):t[e]=n}function $e(t,e,n,r,o){var a,s;if(e=="style")if(typeof n=="string")t.style.cssText=n;else{if(typeof r=="string"&&(t.style.cssText=r=""),r)for(e in r)n&&e in n||Ot(t.style,e);if(n)for(e in n)r&&n[e]==r[e]||Ot(t.style,e,n[e])}else if(e[0]=="o"&&e[1]=="n")typeof n!="function"&&(n=null),typeof r!="function"&&(r=null),(t.__e||(t.__e={}))[e]=n,n&&r||(s=ot[e]||(ot[e]=_r(e)),(t.__a||(t.__a={}))[e]=st,a=e!=(e=e.replace(Bt,"$1")),(e=e.slice(2))[0]<"a"&&(e=e.toLowerCase()),n?t.addEventListener(e,s,a):t.removeEventListener(e,s,a));else{if(o=="http://www.w3.org/2000/svg")e=e.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(e!="width"&&e!="height"&&e!="href"&&e!="list"&&e!="form"&&e!="tabIndex"&&e!="download"&&e!="rowSpan"&&e!="colSpan"&&e!="role"&&e!="popover"&&e in t)try{return void(t[e]=n??"")}catch{}if(typeof n=="function")return;n==null||n===!1&&e[4]!="-"?t.removeAttribute(e):t.setAttribute(e,e=="popover"&&n==1?"":n)}}function _r(t){return function(e){var n=this.__e;if(n){if(n=n[t],e[Te]==null)e[Te]=st++;else if(e[Te]<this.__a[t])return;return n(E.event?E.event(e):e)}}}function ut(t,e,n,r,o,a,s,i,u,p){var c,d,m,h,v,g,f,y,b,_,w,T,C,$,G,Y,W,V,U=e.type;if(e.constructor!==be)return null;128&n.__u&&(u=32&n.__u,c=n.__c.__z)&&(e.__u|=u,d=a=[],c.nodeType==8?i=De(c,a):a.push(c),i=a[0]||i),(c=E.__b)&&c(e);e:if(typeof U=="function"){m=s.length;try{if(y=e.props,b=(c=U.prototype)&&c.render,_=(c=U.contextType)&&r[c.__c],w=c?_?_.props.value:c.__:r,(h=n.__c)?(e.__c=h,2&h.__g&&(h.__g|=1)):(b?e.__c=h=new U(y,w):(e.__c=h=new ue(y,w),h.constructor=U,h.render=wr),_&&_.sub(h),h.state||(h.state={}),h.__n=r,h.__g|=8,h.__h=[],h.__k=[]),b&&(h.__s||(h.__s=h.state),U.getDerivedStateFromProps&&(h.__s==h.state&&(h.__s=se({},h.__s)),se(h.__s,U.getDerivedStateFromProps(y,h.__s)))),v=h.props,g=h.state,h.__v=e,n.__c){if(y!==v&&b&&!U.getDerivedStateFromProps&&h.componentWillReceiveProps&&h.componentWillReceiveProps(y,w),e.__v==n.__v&&!(8&h.__g)||!(4&h.__g)&&h.shouldComponentUpdate&&h.shouldComponentUpdate(y,h.__s,w)===!1){e.__v!=n.__v&&(h.props=y,h.state=h.__s,h.__g&=-9),e.__e=n.__e,e.__k=n.__k,e.__k.some(function(I){I&&(I.__=e)}),Ae.push.apply(h.__h,h.__k),h.__k=[],h.__h.length&&s.push(h),i=ne(n);break e}h.componentWillUpdate&&h.componentWillUpdate(y,h.__s,w),b&&h.componentDidUpdate&&h.__h.push(function(){h.componentDidUpdate(v,g,f)})}else b&&!U.getDerivedStateFromProps&&h.componentWillMount&&h.componentWillMount(),b&&h.componentDidMount&&h.__h.push(h.componentDidMount);h.context=w,h.props=y,h.__P=t,h.__g&=-5,T=E.__r,C=b?25:0;do h.__g&=-9,T&&T(e),c=h.render(h.props,h.state=h.__s,h.context);while(8&h.__g&&++C<25);b&&(Ae.push.apply(h.__h,h.__k),h.__k=[]),h.state=h.__s,h.getChildContext&&(r=se({},r,h.getChildContext())),b&&n.__c&&h.getSnapshotBeforeUpdate&&(f=h.getSnapshotBeforeUpdate(v,g)),$=c&&c.type===A&&c.key==null?c.props.children:c,y.__P&&(c=i,o=(t=y.__P).namespaceURI,u=a=null,n.props&&n.props.__P!=t&&(n.__k.some(function(I){I&&pt(I,I)}),n.__k=null),i=n.__k?ne(n,0):null),i=Ut(t,it($)?$:[$],e,n,r,o,a,s,i,u,p),y.__P&&(e.__e=null,i=c),e.__u&=-161,d&&d.some(ae),h.__h.length&&s.push(h),1&h.__g&&(h.__g&=-4)}catch(I){if(s.length=m,e.__v=null,u||a)if(I&&I.then){if(e.__u|=128|u,a){for(~(W=a.indexOf(i||void 0))||(W=a.length);(V=a[W-1])&&V.nodeType==8;)W--;for(;W<a.length;W++)if(V=a[W])if(a[W]=null,G){if(V==Y)break}else{if(V.nodeType!=8)break;V.data.startsWith("$s")&&(Y=De(G=V))}}if(!G){for(;i&&i.nodeType==8&&i.nextSibling;)i=i.nextSibling;G=i}(c=De(G=e.__c.__z||(e.__c.__z=G)))?(e.__e=G,i=c):e.__e=i,i=i&&i.nextSibling}else a&&a.some(ae);else e.__e=n.__e;e.__k||(e.__k=n.__k||[]),I&&I.then||Vt(e),E.__e(I,e,n)}}else i=e.__e=yr(n.__e,e,n,r,o,a,s,u,p,t);return(c=E.diffed)&&c(e),i}function De(t,e){if(t&&t.nodeType==8&&t.data.startsWith("$s"))for(var n=1;t=t.nextSibling;){if(t.nodeType==8){if(t.data.startsWith("$s"))n++;else if(t.data.startsWith("/$s")&&!--n)return t}e&&e.push(t)}}function Vt(t){t&&(t.__c&&(t.__c.__g|=4),t.__k&&t.__k.some(Vt))}function qt(t,e,n){for(var r=0;r<n.length;)ct(n[r++],n[r++],n[r++]);E.__c&&E.__c(e,t),t.some(function(o){try{t=o.__h,o.__h=[],t.some(function(a){a.call(o)})}catch(a){E.__e(a,o.__v)}})}function yr(t,e,n,r,o,a,s,i,u,p){var c,d,m,h,v,g,f,y,b=n.props||Pe,_=e.props,w=e.type;if(w=="svg"?o="http://www.w3.org/2000/svg":w=="math"?o="http://www.w3.org/1998/Math/MathML":o||(o="http://www.w3.org/1999/xhtml"),a){for(c=0;c<a.length;c++)if((v=a[c])&&(w?v.localName==w:v.nodeType==3)){t=v,a[c]=null;break}}if(!t){if(y=p.ownerDocument||document,!w)return y.createTextNode(_);t=y.createElementNS(o,w,_.is?_:p),i&&(E.__m&&E.__m(e,a),i=!1),a=null}if(w){if(p=w=="template"&&t.content||t,a=w=="textarea"&&_.defaultValue!=null?null:a&&lt.call(p.childNodes),!i&&a)for(b={},c=0;c<t.attributes.length;c++)b[(v=t.attributes[c]).name]=v.value;for(c in b)v=b[c],c=="dangerouslySetInnerHTML"?m=v:c=="children"||c in _||c=="value"&&"defaultValue"in _||c=="checked"&&"defaultChecked"in _||$e(t,c,null,v,o);for(c in _)v=_[c],c=="children"?h=v:c=="dangerouslySetInnerHTML"?d=v:c=="value"?g=v:c=="checked"?f=v:i&&typeof v!="function"||b[c]===v||$e(t,c,v,b[c],o);d?(i||m&&(d.__html==m.__html||d.__html==t.innerHTML)||(t.innerHTML=d.__html),e.__k=[]):(m&&(t.textContent=""),(w=="foreignObject"||o=="http://www.w3.org/1998/Math/MathML"&&fr.test(w))&&(o="http://www.w3.org/1999/xhtml"),Ut(p,it(h)?h:[h],e,n,r,o,a,s,a?a[0]:n.__k&&ne(n,0),i,u),a&&a.some(ae)),i&&w!="textarea"||(c="value",w=="progress"&&g==null?t.removeAttribute(c):g==null||g===t[c]&&(w!="progress"||g)||$e(t,c,g,b[c],o),c="checked",f!=null&&f!=t[c]&&$e(t,c,f,b[c],o))}else b===_||i&&t.data==_||(t.data=_);return t}function ct(t,e,n,r){try{typeof t=="function"?e?e.__x=t(e)||1:r&&(r=r.__c||r.__e)&&(e=r.__x)&&(r.__x=null,typeof e=="function"?e():t(null)):t.current=e}catch(o){E.__e(o,n)}}function pt(t,e,n){var r,o,a,s;if(E.unmount&&E.unmount(t),!(r=t.ref)||r.current&&r.current!=t.__e||ct(r,null,e,t),r=t.__c){if(r.componentWillUnmount)try{r.componentWillUnmount()}catch(i){E.__e(i,e)}r.__P=r.__n=null}if(r=t.__k)for(s=0;s<r.length;s++)r[s]&&pt(r[s],e,typeof t.type!="function"||n&&!t.props.__P);!n&&(r=t.__c)&&(r=r.__z)&&(o=De(r,a=[]))&&(r==t.__e&&a.some(ae),ae(o),ae(r)),n||ae(t.__e),t.__e=t.__c=t.__=null}function wr(t,e,n){return this.constructor(t,n)}function ht(t,e){var n,r,o,a;E.__&&E.__(t,e),e.nodeType==9&&(e=e.documentElement),r=(n=t&&32&t.__u)?null:e.__k,e.__k=ve(A,{children:[t]}),o=[],a=[],ut(e,e.__k,r||Pe,Pe,e.namespaceURI,r?null:e.firstChild?lt.call(e.childNodes):null,o,r?r.__e:e.firstChild,n,a),qt(o,e.__k,a),e.__k.props.children=null}E={__e:function(t,e,n,r){for(var o,a,s;e=e.__;)if((o=e.__c)&&!(1&o.__g)){o.__g|=4;try{if((s=(a=o.constructor)&&a.getDerivedStateFromError)&&o.setState(a.getDerivedStateFromError(t)),o.componentDidCatch&&(o.componentDidCatch(t,r||{}),s=1),s&&8&o.__g)return void(o.__g|=2)}catch(i){t=i}}throw Ne=0,t}},Gt=0,at=function(t){return t!=null&&t.constructor===be},ue.prototype.setState=function(t,e){var n=this.__s;n&&n!=this.state||(n=this.__s=se({},this.state)),typeof t=="function"&&(t=t(se({},n),this.props)),t&&(se(n,t),this.__v&&(e&&this.__k.push(e),Lt(this)))},ue.prototype.forceUpdate=function(t){this.__v&&(this.__g|=4,t&&this.__h.push(t),Lt(this))},ue.prototype.render=A,te=[],Ne=0,It=function(t,e){return t.__v.__b-e.__v.__b},Te=Symbol(),Bt=/(PointerCapture)$|Capture$/i,st=0,ot={},mr=0;var ye,z,dt,Kt,mt=Object.is,ze=0,rn=[],ft=[],P=E,Yt=P.__b,Xt=P.__r,Qt=P.diffed,Jt=P.__c,Zt=P.unmount,en=P.__;function vt(t,e){P.__h&&P.__h(z,t,ze||e),ze=0;var n=z.__H||(z.__H={__:[],__h:[]});return t>=n.__.length&&n.__.push({}),n.__[t]}function F(t){return ze=1,xr(an,t)}function xr(t,e,n){var r=vt(ye++,2);if(r.t=t,!r.__c&&(r.__=[n?n(e):an(void 0,e),function(a){var s=(r.__N||r.__)[0],i=r.t(s,a);mt(s,i)||(r.__N=[i,r.__[1]],r.__c.setState({}))}],r.__c=z,!z.__f)){z.__f=!0;var o=z.shouldComponentUpdate;z.shouldComponentUpdate=function(a,s,i){var u=this.__H;if(!u)return!0;var p=!1,c=this.props!=a;if(u.__.some(function(m){m.__N&&(p=!0,mt(m.__[0],m.__N[0])||(c=!0))}),o){var d=o.call(this,a,s,i);return p?d||c:d}return!p||c}}return r.__}function j(t,e){var n=vt(ye++,3);!P.__s&&on(n.__H,e)&&(n.__P=!0,n.__=t,n.u=e,z.__H.__h.push(n))}function q(t){return ze=5,re(function(){return{current:t}},[])}function re(t,e){var n=vt(ye++,7);return on(n.__H,e)&&(n.__=t(),n.__H=e),n.__}function kr(){var t;do{for(;t=ft.shift();)try{_e(t)}catch(n){P.__e(n,{__:(t=t.__P)&&t.__v})}for(;t=rn.shift();){var e=t.__H;if(t.__P&&e)try{e.__h.some(_e),e.__h.some(gt),e.__h=[]}catch(n){e.__h=[],P.__e(n,t.__v)}}}while(ft.length)}P.__b=function(t){z=null,Yt&&Yt(t)},P.__=function(t,e){t&&e.__k&&e.__k.__m&&(t.__m=e.__k.__m),en&&en(t,e)},P.__r=function(t){Xt&&Xt(t),ye=0;var e=(z=t.__c).__H;e&&(dt==z?z.__h=[]:(e.__h.some(_e),e.__h.some(gt),ye=0),e.__h=[],e.__.some(function(n){n.__N&&(n.__=n.__N),n.u=n.__N=void 0})),dt=z},P.diffed=function(t){Qt&&Qt(t);var e=t.__c;e&&e.__H&&(e.__H.__h.length&&nn(rn.push(e)),e.__H.__.some(function(n){n.u&&(n.__H=n.u)})),dt=z=null},P.__c=function(t,e){e.some(function(n){try{n.__h.some(_e),n.__h=n.__h.filter(function(r){return!r.__||gt(r)})}catch(r){n.__h=[function(){throw r}]}}),Jt&&Jt(t,e)},P.unmount=function(t){Zt&&Zt(t);var e,n,r=t.__c;r&&r.__H&&(r.__H.__.some(function(o){try{if(o.__P&&o.__c){if(n===void 0){for(n=t.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}o.__P=n,nn(ft.push(o))}else _e(o)}catch(a){e=a}}),r.__H=void 0,e&&P.__e(e,r.__v))};var tn=typeof requestAnimationFrame=="function";function Sr(t){var e,n=function(){clearTimeout(r),tn&&cancelAnimationFrame(e),setTimeout(t)},r=setTimeout(n,35);tn&&(e=requestAnimationFrame(n))}function nn(t){t!=1&&Kt==P.requestAnimationFrame||((Kt=P.requestAnimationFrame)||Sr)(kr)}function _e(t){var e=z,n=t.__c;typeof n=="function"&&(t.__c=void 0,n()),z=e}function gt(t){var e=z;t.__c=t.__(),z=e}function on(t,e){return!t||t.length!=e.length||e.some(function(n,r){return!mt(n,t[r])})}function an(t,e){return typeof e=="function"?e(t):e}var Mr=Symbol.for("preact-signals");function Ge(){if(Q>1)Q--;else{var t,e=!1;for((function(){var o=Le;for(Le=void 0;o!==void 0;){var a=o.S;if(a.v===o.v)for(var s=a.t;s!==void 0;s=s.x)s.i===o.i&&(s.i=a.i);o=o.o}})();xe!==void 0;){var n=xe;for(xe=void 0,Re++;n!==void 0;){var r=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&ln(n))try{n.c()}catch(o){e||(t=o,e=!0)}n=r}}if(Re=0,Q--,e)throw t}}function J(t){if(Q>0)return t();bt=++Er,Q++;try{return t()}finally{Ge()}}var we,D=void 0;function ke(t){var e=D,n=we;D=void 0,we=void 0;try{return t()}finally{D=e,we=n}}var xe=void 0,Q=0,Re=0,Er=0,bt=0,Le=void 0,Oe=0;function sn(t){if(D!==void 0){var e=t.n;if(e===void 0||e.t!==D)return e={i:0,S:t,p:D.s,n:void 0,t:D,e:void 0,x:void 0,r:e},D.s!==void 0&&(D.s.n=e),D.s=e,t.n=e,32&D.f&&t.S(e),e;if(e.i===-1)return e.i=0,e.n!==void 0&&(e.n.p=e.p,e.p!==void 0&&(e.p.n=e.n),e.p=D.s,e.n=void 0,D.s.n=e,D.s=e),e}}function R(t,e){this.v=t,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=e?.watched,this.Z=e?.unwatched,this.name=e?.name}R.prototype.brand=Mr;R.prototype.h=function(){return!0};R.prototype.S=function(t){var e=this,n=this.t;n!==t&&t.e===void 0&&(t.x=n,this.t=t,n!==void 0?n.e=t:ke(function(){var r;(r=e.W)==null||r.call(e)}))};R.prototype.U=function(t){var e=this;if(this.t!==void 0){var n=t.e,r=t.x;n!==void 0&&(n.x=r,t.e=void 0),r!==void 0&&(r.e=n,t.x=void 0),t===this.t&&(this.t=r,r===void 0&&ke(function(){var o;(o=e.Z)==null||o.call(e)}))}};R.prototype.subscribe=function(t){var e=this;return B(function(){var n=e.value;ke(function(){return t(n)})},{name:"sub"})};R.prototype.valueOf=function(){return this.value};R.prototype.toString=function(){return this.value+""};R.prototype.toJSON=function(){return this.value};R.prototype.peek=function(){var t=this;return ke(function(){return t.value})};Object.defineProperty(R.prototype,"value",{get:function(){var t=sn(this);return t!==void 0&&(t.i=this.i),this.v},set:function(t){if(t!==this.v){if(Re>100)throw new Error("Cycle detected");(function(n){Q!==0&&Re===0&&n.l!==bt&&(n.l=bt,Le={S:n,v:n.v,i:n.i,o:Le})})(this),this.v=t,this.i++,Oe++,Q++;try{for(var e=this.t;e!==void 0;e=e.x)e.t.N()}finally{Ge()}}}});function L(t,e){return new R(t,e)}function ln(t){for(var e=t.s;e!==void 0;e=e.n)if(e.S.i!==e.i||!e.S.h()||e.S.i!==e.i)return!0;return!1}function un(t){for(var e=t.s;e!==void 0;e=e.n){var n=e.S.n;if(n!==void 0&&(e.r=n),e.S.n=e,e.i=-1,e.n===void 0){t.s=e;break}}}function cn(t){for(var e=t.s,n=void 0;e!==void 0;){var r=e.p;e.i===-1?(e.S.U(e),r!==void 0&&(r.n=e.n),e.n!==void 0&&(e.n.p=r)):n=e,e.S.n=e.r,e.r!==void 0&&(e.r=void 0),e=r}t.s=n}function ie(t,e){R.call(this,void 0,e),this.x=t,this.s=void 0,this.g=Oe-1,this.f=4}ie.prototype=new R;ie.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===Oe))return!0;if(this.g=Oe,this.f|=1,this.i>0&&!ln(this))return this.f&=-2,!0;var t=D;try{un(this),D=this;var e=this.x();(16&this.f||this.v!==e||this.i===0)&&(this.v=e,this.f&=-17,this.i++)}catch(n){this.v=n,this.f|=16,this.i++}return D=t,cn(this),this.f&=-2,!0};ie.prototype.S=function(t){if(this.t===void 0){this.f|=36;for(var e=this.s;e!==void 0;e=e.n)e.S.S(e)}R.prototype.S.call(this,t)};ie.prototype.U=function(t){if(this.t!==void 0&&(R.prototype.U.call(this,t),this.t===void 0)){this.f&=-33;for(var e=this.s;e!==void 0;e=e.n)e.S.U(e)}};ie.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var t=this.t;t!==void 0;t=t.x)t.t.N()}};Object.defineProperty(ie.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var t=sn(this);if(this.h(),t!==void 0&&(t.i=this.i),16&this.f)throw this.v;return this.v}});function O(t,e){return new ie(t,e)}function pn(t){var e=t.j;if(t.j=void 0,typeof e=="function"){Q++;var n=D;D=void 0;try{e()}catch(r){throw t.f&=-2,t.f|=8,_t(t),r}finally{D=n,Ge()}}}function _t(t){for(var e=t.s;e!==void 0;e=e.n)e.S.U(e);t.x=void 0,t.s=void 0,pn(t)}function Cr(t){if(D!==this)throw new Error("Out-of-order effect");cn(this),D=t,this.f&=-2;try{8&this.f&&_t(this)}finally{Ge()}}function ce(t,e){this.x=t,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=e?.name,we&&we.push(this)}ce.prototype.c=function(){var t=this.S();try{if(8&this.f||this.x===void 0)return;var e=this.x();typeof e=="function"&&(this.j=e)}finally{t()}};ce.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,pn(this),un(this),Q++;var t=D;return D=this,Cr.bind(this,t)};ce.prototype.N=function(){2&this.f||(this.f|=2,this.u=xe,xe=this)};ce.prototype.d=function(){this.f|=8,1&this.f||_t(this)};ce.prototype.dispose=function(){this.d()};function B(t,e){var n=new ce(t,e);try{n.c()}catch(o){throw n.d(),o}var r=n.d.bind(n);return r[Symbol.dispose]=r,r}var yt,Me,Ie,$r=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__,hn=[],dn=[];B(function(){yt=this.N})();function pe(t,e){E[t]=e.bind(null,E[t]||function(){})}function Se(t){if(Ie){var e=Ie;Ie=void 0,e()}Ie=t&&t.S()}function mn(t){var e=this,n=t.data,r=Dr(n);r.name="ReactiveDom",r.value=n;var o=re(function(){for(var i=e,u=e.__v;u=u.__;)if(u.__c){u.__c.__$f|=4;break}var p=O(function(){var h=r.value.value;return h===0?0:h===!0?"":h||""}),c=O(function(){return!Array.isArray(p.value)&&!at(p.value)}),d=B(function(){if(this.N=fn,c.value){var h=p.value;i.__v&&i.__v.__e&&i.__v.__e.nodeType===3&&(i.__v.__e.data=h)}}),m=e.__$u.d;return e.__$u.d=function(){d(),m.call(this)},[c,p]},[]),a=o[0],s=o[1];return a.value?s.peek():s.value}mn.displayName="ReactiveTextNode";Object.defineProperties(R.prototype,{constructor:{configurable:!0,value:Ft(A,null).constructor},type:{configurable:!0,value:mn},props:{configurable:!0,get:function(){var t=this;return{data:{get value(){return t.value}}}}},__b:{configurable:!0,value:1}});pe("__b",function(t,e){if(Se(),Me=void 0,typeof e.type=="string"){var n,r=e.props;for(var o in r)if(o!=="children"){var a=r[o];a instanceof R&&(n||(e.__np=n={}),n[o]=a,r[o]=a.peek())}}t(e)});pe("__r",function(t,e){if(t(e),e.type!==A){Se();var n,r=e.__c;r&&(r.__$f&=-2,(n=r.__$u)===void 0&&(r.__$u=n=(function(o,a){var s;return B(function(){s=this},{name:a}),s.c=o,s})((function(o){return function(){var a;$r&&((a=this.y)==null||a.call(this)),o.__$f|=1,o.setState({})}})(r),typeof e.type=="function"?e.type.displayName||e.type.name:""))),Me=r,Se(n)}});pe("__e",function(t,e,n,r){Se(),Me=void 0,t(e,n,r)});pe("diffed",function(t,e){Se(),Me=void 0;var n;if(typeof e.type=="string"&&(n=e.__e)){var r=e.__np,o=e.props,a=n.U;if(a)for(var s in a){var i=a[s];i===void 0||r&&s in r||(i.d(),a[s]=void 0)}if(r){a||(a={},n.U=a);for(var u in r){var p=a[u],c=r[u];p===void 0?(p=Tr(n,u,c,o),a[u]=p):p.o(c,o)}}}t(e)});function Tr(t,e,n,r){var o=e in t&&t.ownerSVGElement===void 0,a=L(n);return{o:function(s,i){a.value=s,r=i},d:B(function(){this.N=fn;var s=a.value.value;r[e]!==s&&(r[e]=s,o?t[e]=s:s!=null&&(s!==!1||e[4]==="-")?t.setAttribute(e,s):t.removeAttribute(e))})}}pe("unmount",function(t,e){if(typeof e.type=="string"){var n=e.__e;if(n){var r=n.U;if(r){n.U=void 0;for(var o in r){var a=r[o];a&&a.d()}}}var s=e.__np;if(s){var i=e.props;for(var u in s)i[u]=s[u]}e.__np=void 0}else{var p=e.__c;if(p){p.__$f|=8;var c=p.__$u;c&&(p.__$u=void 0,c.d())}}t(e)});pe("__h",function(t,e,n,r){r<3&&(e.__$f|=2),t(e,n,r)});ue.prototype.shouldComponentUpdate=function(t,e){if(this.__R)return!0;var n=this.__$u,r=n&&n.s!==void 0;for(var o in e)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var a=2&this.__$f;if(!(r||a||4&this.__$f)||1&this.__$f)return!0}else if(!(r||4&this.__$f)||3&this.__$f)return!0;for(var s in t)if(s!=="__source"&&t[s]!==this.props[s])return!0;for(var i in this.props)if(!(i in t))return!0;return!1};function Dr(t,e){return re(function(){return L(t,e)},[])}var Nr=typeof requestAnimationFrame>"u"?setTimeout:function(t){var e=function(){clearTimeout(n),cancelAnimationFrame(r),t()},n=setTimeout(e,35),r=requestAnimationFrame(e)},Pr=function(t){queueMicrotask(function(){queueMicrotask(t)})};function Ar(){J(function(){for(var t;t=hn.shift();)yt.call(t)})}function zr(){hn.push(this)===1&&(E.requestAnimationFrame||Nr)(Ar)}function Rr(){J(function(){for(var t;t=dn.shift();)yt.call(t)})}function fn(){dn.push(this)===1&&(E.requestAnimationFrame||Pr)(Rr)}function gn(t,e){var n=q(t);n.current=t;var r=Me;j(function(){return B(function(){if(this.N=zr,!(r&&8&r.__$f))return n.current()},e)},[])}var Lr=12;function wt(t,e){let n=new URLSearchParams(e.replace(/^#/,"")),r=c=>{let d=n.get(c);return d!==null&&/^\d+$/.test(d)?Number(d):null},o=r("from");o!==null&&o<t.graph.size&&(t.root.value=o);for(let c of n.getAll("set")){let[d,m]=c.split(":").map(Number);t.graph.isLeaf(d)&&m===m&&t.setLeaves([[d,m]])}let a={...t.bugs.value};for(let c of(n.get("break")??"").split(","))c in a&&(a[c]=!0);t.bugs.value=a;let s=r("value");s!==null&&s<t.graph.size&&t.reveal(s);let i=r("step");i!==null&&t.goTo(i);let u=r("training");u!==null&&t.page.history&&u<t.page.history.steps.length&&(t.snapshot.value=u);let p=n.get("theme");(p==="dark"||p==="light")&&(t.theme.value=p)}function vn(t){let e,n=B(()=>{let r=new URLSearchParams;t.step.value&&r.set("step",String(t.step.value)),t.root.value!==t.graph.roots[t.graph.roots.length-1]&&r.set("from",String(t.root.value)),t.selectedNode.value>=0&&r.set("value",String(t.selectedNode.value));let o=Object.entries(t.bugs.value).filter(([,a])=>a).map(([a])=>a);if(o.length&&r.set("break",o.join(",")),t.page.history)r.set("training",String(t.snapshot.value));else if(t.edited.value.length<=Lr)for(let a of t.edited.value)r.append("set",`${a}:${t.data.value[a]}`);t.theme.value!=="auto"&&r.set("theme",t.theme.value),clearTimeout(e),e=setTimeout(()=>Or(r.toString()),200)});return()=>{clearTimeout(e),n()}}function Or(t){try{history.replaceState(null,"",t?`#${t}`:location.pathname+location.search)}catch{}}function S(t,e=5){if(!Number.isFinite(t))return t!==t?"nan":t>0?"inf":"-inf";if(t===0)return"0.0";let n=Math.abs(t);if(n>=1e6||n<1e-4){let[o,a]=t.toExponential(e-2).split("e");return`${bn(o)}e${a.replace("+","")}`}let r=Math.max(e-1-Math.floor(Math.log10(n)),0);return bn(t.toFixed(r))+(Number.isInteger(t)?".0":"")}var bn=t=>t.includes(".")?t.replace(/\.?0+$/,""):t;function _n(t){if(!Number.isFinite(t))return S(t);let e=Math.abs(t);return e>=.01&&e<1e4?String(Number(t.toPrecision(3))):t.toExponential(1).replace("e+","e")}var Be=t=>t<0?S(t):`+${S(t)}`;function he(t,e){let n=[...t];return n.length<=e?t:/^[\p{L}\w]+(\.[\p{L}\w]+)+$/u.test(t)?`…${n.slice(1-e).join("")}`:`${n.slice(0,e-1).join("")}…`}function Z(t,e){return Object.is(t,e)||t===e||Math.abs(t-e)<=1e-9*Math.max(Math.abs(t),Math.abs(e))}var Fe=t=>t.trim()?`“${t.trim()}” is not a number: type a number, like 2.5`:"Type a number, like 2.5";function Ee(t){let e=t.trim().replace(",",".").replace("−","-");if(/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(e))return Number(e);let n=/^([+-]?\d+)\s*\/\s*(\d+)$/.exec(e);return n&&Number(n[2])?Number(n[1])/Number(n[2]):null}var Gr=Symbol.for("pv"),Ir=0;function l(t,e,n,r,o,a){e||(e={});var s,i,u=e;if("ref"in u&&typeof t!="function")for(i in u={},e)i=="ref"?s=e[i]:u[i]=e[i];var p={type:t,props:u,key:n,ref:s,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Gr,__v:--Ir,__i:-1,__u:0};return(o||a)&&(p.__source=o,p.__self=a),E.vnode&&E.vnode(p),p}var He=({x:t})=>l("b",{class:"mg-t-data",children:S(t)}),H=({children:t})=>l("b",{class:"mg-t-grad",children:t}),wn=({x:t})=>l("b",{class:"mg-t-local",children:S(t)}),yn=t=>S(t).startsWith("-")?`(${S(t)})`:S(t);function xn({store:t}){let{graph:e}=t,n=t.current.value,r=t.data.value,o=f=>e.name(f);if(n.phase==="start")return l("p",{children:["The leaves hold their numbers. Step forward to compute what follows from them.",l("span",{class:"mg-aside-note",children:"→ one step, space plays, ? lists all keys."})]});if(n.phase==="forward"){let{node:f}=n;return e.isHandmade(f)?l("p",{children:[l("b",{children:o(f)})," was made by hand and holds ",l(He,{x:r[f]}),"; only its maker can compute it anew."]}):l("p",{children:[l("b",{children:o(f)})," = ",e.expression(f)," ="," ",l("span",{class:"mg-t-data",children:e.expression(f,y=>S(r[y]))})," ="," ",l(He,{x:r[f]})]})}if(n.phase==="order"){let{node:f}=n,y=t.timeline.value.listed(t.step.value);if(n.act==="visit")return e.isLeaf(f)?l("p",{children:["Visit ",l("b",{children:o(f)}),": a leaf, it has no parents."]}):l("p",{children:["Visit ",l("b",{children:o(f)}),": its parents have to come first."]});if(n.act==="again")return l("p",{children:["Visit ",l("b",{children:o(f)}),": it was visited before, go on."]});let b=y.slice(-7).map(o);return l("p",{children:["Append ",l("b",{children:o(f)}),": all it depends on is in the list."," ",l("span",{class:"mg-list",children:["[",y.length>7&&"…, ",b.slice(0,-1).map(_=>`${_}, `),l("b",{children:b[b.length-1]}),"]"]})]})}let{grad:a}=t.gradients.value,s=n.run>1?`Backward, run ${n.run}: `:"",i=e.name(n.node),u=n.act==="add"?e.name(n.parent):i;if(n.act==="seed"){let f=e.isLeaf(n.node)&&n.run>1;return l("p",{children:[s,l("b",{children:[i,".grad"]})," ",f?"+=":"="," ∂",i,"/∂",i," = ",l(H,{children:"1.0"}),l("span",{class:"mg-aside-note",children:"A value changes as fast as itself. Now back to front, each value passes its gradient to its parents."})]})}let p=t.partials.value.of(n.node)[n.slot],c=a[n.node],d=t.timeline.value.ledger(t.step.value,n.parent,t.partials.value),m=d[d.length-1],h=d.length>1&&d[d.length-2].lost?d[d.length-2]:null,v=t.hidden(n.parent),g=v?"?":S(a[n.parent]);return l("p",{children:[s,l("b",{children:[u,".grad"]})," ",l("span",{class:h?"mg-t-wrong":"",children:t.bugs.value.assign?"=":"+="})," ",l("span",{class:"mg-t-local",children:["∂",i,"/∂",u]})," ","· ",l("span",{class:"mg-t-grad",children:[i,".grad"]})," = ",l("b",{class:"mg-t-local",children:yn(p)})," ·"," ",l(H,{children:yn(m?.upstream??c)})," ="," ",l(H,{children:v?"?":S(m?.amount??p*c)}),l("span",{class:"mg-aside-note",children:h&&!v?l("span",{class:"mg-t-wrong",children:["overwrites ",S(h.amount),", which is lost"]}):l(A,{children:[u,".grad is now ",l(H,{children:g})]})})]})}function kn({store:t,node:e}){let n=t.data.value[e],[r,o]=F(null),a=r!==null&&Ee(r)===null,s=u=>{o(u);let p=Ee(u);p!==null&&t.setLeaf(e,p)},i=u=>{o(null),t.setLeaf(e,Math.round((n+u)*1e6)/1e6)};return l("div",{class:"mg-leaf",children:[l("label",{children:["data"," ",l("input",{class:"mg-leaf-input",inputMode:"decimal",value:r??S(n,12),"aria-invalid":a,"aria-describedby":"mg-leaf-hint mg-leaf-refusal",onInput:u=>s(u.currentTarget.value),onBlur:()=>{a||o(null)},onKeyDown:u=>{u.key==="ArrowUp"||u.key==="ArrowDown"?(u.preventDefault(),i(u.key==="ArrowUp"?.1:-.1)):(u.key==="Escape"||u.key==="Enter"&&!a)&&(o(null),u.currentTarget.blur())}})]}),l("button",{type:"button","aria-label":"0.1 less",onClick:()=>i(-.1),children:"−0.1"}),l("button",{type:"button","aria-label":"0.1 more",onClick:()=>i(.1),children:"+0.1"}),!Object.is(n,t.original[e])&&l("button",{type:"button",onClick:()=>{o(null),t.setLeaf(e,t.original[e])},children:"Undo"}),l("p",{id:"mg-leaf-hint",class:"mg-sr",children:"Type a number; arrow up and down change it by 0.1, Escape takes back what is typed."}),l("p",{id:"mg-leaf-refusal",class:"mg-t-wrong",role:"status",children:a&&Fe(r)})]})}function Sn({store:t}){let e=t.change.value;if(!e||e.node!==t.selectedNode.value)return null;let n=e.to-e.from,r=e.actual-e.predicted,o=t.graph.name(t.root.value),a=t.hidden(e.node);return e.held>=0?l("p",{class:"mg-change mg-muted",role:"status",children:[t.graph.name(e.held)," depends on this, and was made by hand: only Python can compute it anew, so it stays as it was."]}):l("div",{class:"mg-change",role:"status",children:[l("p",{children:[t.graph.name(e.node)," changed by ",Be(n)]}),a?l("p",{class:"mg-muted",children:"The prediction would give the answer away."}):l("table",{children:l("tbody",{children:[l("tr",{children:[l("th",{scope:"row",children:"predicted, grad · Δ"}),l("td",{children:l(H,{children:Be(e.predicted)})})]}),l("tr",{children:[l("th",{scope:"row",children:["actual change of ",o]}),l("td",{children:l("b",{class:"mg-t-data",children:Be(e.actual)})})]})]})}),!a&&l("p",{class:"mg-muted",children:Z(e.predicted,e.actual)||Math.abs(r)<1e-12*Math.abs(e.to)?"Exactly as predicted: along this value it is a straight line.":`Off by ${S(r,3)}: the slope changes on the way. A smaller step comes closer.`})]})}function Mn({store:t}){let e=t.selectedNode.value;if(e>=0)return l(En,{store:t,node:e});let n=t.selected.value;return n?l(Br,{store:t,group:t.tree.groups[Number(n.slice(1))]}):l("section",{class:"mg-card",children:[l("h2",{children:"Nothing selected"}),l("p",{class:"mg-muted",children:"Click a value, or press an arrow key in the graph, to see where its gradient comes from."})]})}function Br({store:t,group:e}){let n=t.open.value.has(e.id);return l(A,{children:[l("section",{class:"mg-card",children:[l("h2",{children:e.label}),l("p",{children:[e.count.toLocaleString("en")," values",n?".":", folded into one box."]}),l("div",{class:"mg-row",children:l("button",{type:"button",onClick:()=>t.setOpen(e,!n),children:n?"Fold":"Unfold"})})]}),e.output>=0&&l(En,{store:t,node:e.output})]})}function En({store:t,node:e}){let{graph:n}=t,r=n.isLeaf(e),o=t.known.value[e]===1,a=t.tree.around(e),s=n.held.get(e),i=t.right.value.grad[e];return l("section",{class:"mg-card mg-inspector",children:[l("h2",{children:[n.labels[e]||n.name(e),l("span",{class:"mg-kind",children:e===t.root.value?"the output":n.isConstant(e)?"a constant":r?"a leaf":t.selected.value?.startsWith("g")?"what it puts out":n.sign(e)})]}),r?l(kn,{store:t,node:e},e):l("p",{class:"mg-line",children:["data"," ",o?l(He,{x:t.data.value[e]}):l("span",{class:"mg-muted",children:"not computed yet"}),o&&l("span",{class:"mg-muted mg-formula",children:[" ","= ",n.expression(e)," ="," ",n.expression(e,u=>S(t.data.value[u],4))]})]}),l(Sn,{store:t}),l(Fr,{store:t,node:e}),s!==void 0&&!Z(s,i)&&!t.hidden(e)&&!t.edited.value.length&&e!==t.root.value&&l("p",{class:"mg-muted",children:["In Python its .grad is ",S(s),Z(s,2*i)?", twice what one backward gives: was zero_grad forgotten?":"."]}),n.hasOwnBackward(e)&&l("p",{class:"mg-muted",children:"Its _backward was set by hand; the local derivatives are what it adds for an upstream gradient of 1."}),l("div",{class:"mg-row",children:[!r&&e!==t.root.value&&l("button",{type:"button",onClick:()=>t.setRoot(e),children:"Run backward from here"}),a.length>0&&l("button",{type:"button",onClick:()=>t.setOpen(a[0],!1),title:"f",children:["Fold ",a[0].label]})]})]})}function Fr({store:t,node:e}){let{graph:n}=t,r=t.timeline.value.ledger(t.step.value,e,t.partials.value),{grad:o,reached:a}=t.gradients.value,s=t.wrong.value.has(e);if(t.hidden(e))return l("p",{class:"mg-line",children:["grad ",l(H,{children:"?"})]});let i=e===t.root.value;if(n.isConstant(e))return l("p",{class:"mg-line mg-muted",children:"A number of the formula: nobody asks how fast the result changes with it."});if(!a[e])return l("p",{class:"mg-line",children:["grad ",l("span",{class:"mg-muted",children:"blank: backward has not come here yet"})]});let u=c=>c.run>1?`run ${c.run}: ${n.name(c.node)}`:n.name(c.node),p=r.length>200?r.slice(-200):r;return l(A,{children:[l("table",{class:"mg-ledger",children:[l("caption",{children:["Where ",n.name(e),".grad comes from"]}),l("thead",{children:l("tr",{children:[l("th",{scope:"col",children:"through"}),l("th",{scope:"col",children:"local ∂"}),l("th",{scope:"col",children:"upstream"}),l("th",{scope:"col",children:"adds"})]})}),l("tbody",{children:[i&&l("tr",{children:[l("td",{children:"itself"}),l("td",{}),l("td",{}),l("td",{children:l(H,{children:"1.0"})})]}),r.length>p.length&&l("tr",{children:l("td",{colSpan:4,class:"mg-muted",children:["… ",r.length-p.length," before these"]})}),p.map((c,d)=>l("tr",{class:c.lost?"mg-lost":"",children:[l("td",{children:u(c)}),l("td",{children:l(wn,{x:c.partial})}),l("td",{children:l(H,{children:S(c.upstream)})}),l("td",{children:[l(H,{children:S(c.amount)}),c.lost&&l("span",{class:"mg-sr",children:" overwritten"})]})]},d))]}),l("tfoot",{children:l("tr",{class:s?"mg-wrong-sum":"",children:[l("th",{scope:"row",colSpan:3,children:t.bugs.value.assign?"grad, the last one":"grad, the sum"}),l("td",{children:l(H,{children:S(o[e])})})]})})]}),s&&l("p",{class:"mg-t-wrong mg-verdict",children:["✗ wrong: the right gradient is ",S(t.right.value.grad[e])]})]})}var Ue=["forward","order","backward"];var Hr=["visit","again","append"];var Ce=class{constructor(e,n,r){this.graph=e;this.root=n;this.bugs=r;this.order=this.sort(),this.inner=this.order.filter(i=>!e.isLeaf(i)),r.naive&&(this.acts.length=0);let o=!1;for(let i=0;i<(r.twice?2:1);i++)this.events.push(n,-1),r.naive?o=this.recurse()||o:this.inOrder();this.cut=o;for(let i=0;i<this.events.length;i+=2){let[u,p]=[this.events[i],this.events[i+1]];this.last.set(p===-1?u:e.parents[u][p],i/2)}let a=this.inner.length,s=a+this.acts.length/2;this.length=s+this.events.length/2,this.ends={forward:a,order:s,backward:this.length}}graph;root;bugs;order;inner;cut;length;ends;acts=[];events=[];last=new Map;sort(){let e=[],n=new Uint8Array(this.graph.size),r=[this.root];for(;r.length;){let o=r.pop();if(o<0)this.acts.push(2,~o),e.push(~o);else if(n[o])this.acts.push(1,o);else{n[o]=1,this.acts.push(0,o),r.push(~o);let a=this.graph.parents[o];for(let s=a.length-1;s>=0;s--)r.push(a[s])}}return e}inOrder(){for(let e=this.order.length-1;e>=0;e--){let n=this.order[e];this.graph.parents[n].forEach((r,o)=>{this.graph.isConstant(r)||this.events.push(n,o)})}}recurse(){let e=this.events.length+4e4,n=[[this.root,0]];for(;n.length;){let[r,o]=n.pop(),a=this.graph.parents[r];if(o!==a.length&&(n.push([r,o+1]),!this.graph.isConstant(a[o]))){if(this.events.push(r,o),this.events.length>e)return!0;n.push([a[o],0])}}return!1}reused(){let e=new Uint32Array(this.graph.size);for(let n of this.inner)for(let r of this.graph.parents[n])e[r]++;return this.order.filter(n=>e[n]>1)}phaseOf(e){return e<=0?"start":e<=this.ends.forward?"forward":e<=this.ends.order?"order":"backward"}at(e){let n=Math.min(e,this.length);if(n<=0)return{phase:"start"};if(n<=this.ends.forward)return{phase:"forward",node:this.inner[n-1]};if(n<=this.ends.order){let i=2*(n-this.ends.forward-1);return{phase:"order",act:Hr[this.acts[i]],node:this.acts[i+1]}}let r=2*(n-this.ends.order-1),[o,a]=[this.events[r],this.events[r+1]],s=0;for(let i=0;i<=r;i+=2)s+=+(this.events[i+1]===-1);return a===-1?{phase:"backward",act:"seed",node:o,run:s}:{phase:"backward",act:"add",node:o,slot:a,parent:this.graph.parents[o][a],run:s}}computed(e){let n=new Uint8Array(this.graph.size).fill(1);for(let r=Math.max(0,e);r<this.inner.length;r++)n[this.inner[r]]=0;return n}listed(e){if(this.bugs.naive||e<=this.ends.forward)return[];let n=[],r=2*(Math.min(e,this.ends.order)-this.ends.forward);for(let o=0;o<r;o+=2)this.acts[o]===2&&n.push(this.acts[o+1]);return n}ordering(e){let n=new Map,r=new Set,o=2*(Math.min(e,this.ends.order)-this.ends.forward);for(let a=0;a<o;a+=2)r.add(this.acts[a+1]),this.acts[a]===2&&n.set(this.acts[a+1],n.size);return{places:n,visited:r}}play(e,n,r){let o=new Float64Array(this.graph.size),a=new Uint8Array(this.graph.size),s=2*(Math.min(e,this.length)-this.ends.order),i=0;for(let u=0;u<s;u+=2){let[p,c]=[this.events[u],this.events[u+1]];if(c===-1){for(let v of this.inner)o[v]=a[v]=0;o[p]+=1,a[p]=1,i+=1;continue}let d=this.graph.parents[p][c],m=n.of(p)[c],h=m*o[p];r?.(d,{node:p,slot:c,run:i,partial:m,upstream:o[p],amount:h}),o[d]=this.bugs.assign?h:o[d]+h,a[d]=1}return{grad:o,reached:a}}ledger(e,n,r){let o=[],a=!this.graph.isLeaf(n);return this.play(e,r,(s,i)=>{if(s===n){if(a&&o.length&&o[0].run!==i.run&&(o.length=0),this.bugs.assign)for(let u of o)u.lost=!0;o.push({...i,lost:!1})}}),o}isSettled(e,n){let r=this.last.get(e);return r!==void 0&&this.ends.order+r+1<=n}},je=class{constructor(e,n){this.graph=e;this.data=n}graph;data;known=new Map;of(e){let n=this.known.get(e);return n||(n=this.graph.partials(e,this.data),this.known.set(e,n)),n}};var Cn=[[". and ,","one step on, one step back (also → and ← outside the graph)"],["space","play, pause"],["1 2 3","to the forward pass, the order, backward"],["Home, End","to the first step, to the last"],["arrow keys in the graph","select: ← a parent, → a child, ↑ ↓ above and below"],["Enter","edit the selected leaf, unfold the selected box"],["f","fold what the selected value is in, unfold a box"],["Shift + arrow keys","move the picture"],["+ − 0","closer, further, everything"],["/","search"],["d","dark or light"],["?","this list; Esc closes it"]];function $n(t,e,n,r,o){let a=t.target;if(t.ctrlKey||t.metaKey||t.altKey||o?.open||t.defaultPrevented||a.matches("input:not([type=range]):not([type=checkbox]), textarea, select"))return;let i=a.matches("button, input[type=checkbox]"),u=a.matches("input[type=range]"),p={".":()=>e.goTo(e.step.value+1),",":()=>e.goTo(e.step.value-1),"+":()=>n?.zoom(1.25),"=":()=>n?.zoom(1.25),"-":()=>n?.zoom(.8),0:()=>n?.fit(),"/":()=>r.querySelector(".mg-search input")?.focus(),"?":()=>o?.showModal(),d:()=>{e.theme.value=jr(r)?"light":"dark"}};Ue.forEach((d,m)=>{p[String(m+1)]=()=>e.goToPhase(d)}),i||(p[" "]=()=>{e.playing.value=!e.playing.value}),u||(p.ArrowRight=p["."],p.ArrowLeft=p[","],p.Home=()=>e.goTo(0),p.End=()=>e.goTo(e.timeline.value.length));let c=p[t.key];c&&(t.preventDefault(),c())}function jr(t){let e=t.dataset.theme;return e==="auto"?matchMedia("(prefers-color-scheme: dark)").matches:e==="dark"}var Ur=[{bug:"assign",title:"= instead of +=",text:"each contribution overwrites the one before"},{bug:"twice",title:"no zero_grad",text:"backward runs again on top of the old gradients"},{bug:"naive",title:"plain recursion",text:"no topological order: a value passes on what it has so far"}];function Tn({store:t}){let e=o=>J(()=>{t.keepingPlace(()=>{t.bugs.value={...t.bugs.value,[o]:!t.bugs.value[o]}}),t.broken.value&&t.phase.value!=="backward"&&t.goTo(t.timeline.value.length)}),n=[...t.wrong.value].filter(o=>!t.hidden(o)),r=t.step.value>=t.timeline.value.length;return l("section",{class:"mg-card",children:[l("h2",{children:"Break it"}),Ur.map(({bug:o,title:a,text:s})=>l("label",{class:"mg-toggle",children:[l("input",{type:"checkbox",checked:t.bugs.value[o],onChange:()=>e(o)}),l("span",{children:[l("b",{children:a}),l("small",{children:s})]})]},o)),t.broken.value&&l("div",{role:"status",class:"mg-outcome",children:n.length>0?l(A,{children:[l("p",{class:"mg-t-wrong",children:["✗ ",n.length.toLocaleString("en")," wrong"," ",n.length===1?"gradient":"gradients"]}),l("table",{children:[l("thead",{children:l("tr",{children:[l("th",{scope:"col",children:"value"}),l("th",{scope:"col",children:"broken"}),l("th",{scope:"col",children:"right"})]})}),l("tbody",{children:n.slice(0,8).map(o=>l("tr",{children:[l("td",{children:l("button",{type:"button",class:"mg-link",onClick:()=>t.reveal(o),children:t.graph.name(o)})}),l("td",{class:"mg-t-wrong",children:S(t.gradients.value.grad[o])}),l("td",{children:l(H,{children:S(t.right.value.grad[o])})})]},o))})]})]}):r?l("p",{children:["✓ Every gradient is right all the same: ",Wr(t)]}):l("p",{class:"mg-muted",children:"Step to the end to see what goes wrong."})})]})}function Wr({bugs:t,timeline:e,graph:n}){let{assign:r,twice:o,naive:a}=t.value,s=e.value.reused();return Number(r)+Number(o)+Number(a)>1?"together they do no harm here.":o?"twice each leaf's gradient is the same number, as twice 0 is 0.":r?s.length?"what is overwritten adds up to 0.":"here no value is used twice.":s.some(i=>!n.isLeaf(i))?"what is passed on too often adds up to 0.":"here no computed value is used twice. Try d = a*b; e = d*d."}function Dn({store:t}){let[e,n]=F(""),[r,o]=F(""),a=t.quiz.value,s=m=>{n(m),o("")},i=()=>{let m=Vr(t);m<0||(s(""),J(()=>{t.bugs.value={assign:!1,twice:!1,naive:!1},t.quiz.value={node:m,answer:"",verdict:"open"},t.goTo(t.timeline.value.ends.order+1),t.reveal(m)}))},u=m=>{if(m.preventDefault(),!a)return;let h=Ee(e);if(h===null){o(Fe(e));return}let v=t.right.value.grad[a.node],g=Z(h,v)||Math.abs(h-v)<=.005*Math.abs(v);a.verdict==="open"&&(t.score.value={right:t.score.value.right+Number(g),asked:t.score.value.asked+1}),t.quiz.value={...a,answer:e,verdict:g?"right":"wrong"},g&&t.goTo(t.timeline.value.length)},p=()=>{a&&(t.quiz.value={...a,verdict:"shown"},t.selected.value=`n${a.node}`,t.goTo(t.timeline.value.ends.order+1),t.playing.value=!0)},c=a?t.graph.name(a.node):"",d=t.graph.name(t.root.value);return l("section",{class:"mg-card",children:[l("h2",{children:["Quiz"," ",t.score.value.asked>0&&l("span",{class:"mg-kind",children:[t.score.value.right," of ",t.score.value.asked," at first try"]})]}),a?l("form",{onSubmit:u,children:[l("label",{children:["What is ",l("b",{children:[c,".grad"]})," after ",d,".backward()?",l("span",{class:"mg-row",children:[l("input",{class:"mg-answer",inputMode:"decimal",value:e,"aria-invalid":!!r,"aria-describedby":"mg-answer-said",onInput:m=>s(m.currentTarget.value)}),l("button",{type:"submit",children:"Check"})]})]}),l("div",{role:"status",id:"mg-answer-said",children:[r&&l("p",{class:"mg-t-wrong",children:r}),a.verdict==="right"&&l("p",{class:"mg-t-ok",children:["✓ Right: ",c,".grad is ",S(t.right.value.grad[a.node])]}),a.verdict==="wrong"&&!r&&l("p",{class:"mg-t-wrong",children:["✗ ",a.answer," is not it. Multiply along each path from ",d,", then add the paths."]}),a.verdict==="shown"&&l("p",{children:["Watch the ledger of ",c,": the last line is the answer."]})]}),l("div",{class:"mg-row",children:[a.verdict!=="right"&&a.verdict!=="shown"&&l("button",{type:"button",onClick:p,children:"Show the steps"}),l("button",{type:"button",onClick:i,children:"Another"}),l("button",{type:"button",onClick:()=>{t.quiz.value=null},children:"Stop"})]})]}):l(A,{children:[l("p",{class:"mg-muted",children:"One gradient is hidden. You work it out."}),l("button",{type:"button",onClick:i,children:"Ask me"})]})]})}function Vr(t){let{graph:e}=t,n=t.timeline.value.order.filter(a=>a!==t.root.value&&(e.labels[a]||!e.isLeaf(a))&&a!==t.quiz.value?.node),r=n.filter(a=>e.children[a].length>1),o=r.length&&Math.random()<.6?r:n;return o.length?o[Math.floor(Math.random()*o.length)]:-1}var We=62,xt=t=>he(t,9),kt=t=>Math.max(36,Math.min(54,[...xt(t)].length*7.2+14)),Ve=t=>We-8-kt(t);function Nn(t,e,n,r,o,a){let s=[t.x+t.w/2,t.y+r/5],i=[e.x-e.w/2+a,e.y+(r?r/3:o)],u=[s,...n,i],p=[],c=null;for(let d=1;d<u.length;d++){let[[m,h],[v,g]]=[u[d-1],u[d]],f=Math.max(12,Math.abs(v-m)*.5),y=Math.abs(g-h)<1&&!r,b=`C${K(m+f)} ${K(h+r)} ${K(v-f)} ${K(g+r)} `,_=`M${K(m)} ${K(h)}${y?"L":b}${K(v)} ${K(g)}`,[w,T]=[Math.min(h,g)-Math.abs(r),Math.max(h,g)+Math.abs(r)];p.push({path:_,bounds:[Math.min(m,v)-f,w,Math.max(m,v)+f,T]}),v-m>30&&(c=qr(m,h,v,g,f,r))}return{pieces:p,points:u,label:c}}var K=t=>Math.round(t*10)/10;function qr(t,e,n,r,o,a){let s=Math.abs(r-e)<30?.5:.42,[i,u,p,c]=[(1-s)**3,3*(1-s)**2*s,3*(1-s)*s**2,s**3];return[K(i*t+u*(t+o)+p*(n-o)+c*n),K(i*e+u*(e+a)+p*(r+a)+c*r)]}var Ke=30,qe=18,St=t=>`n${t}`,de=t=>`g${t.id}`,Ye=class{constructor(e,n){this.picture=e;this.graph=n;this.root=this.build(e.tree,null,0),this.findOutputs()}picture;graph;root;groups=[];home=[];place=[];routes=new Map;build(e,n,r){let o={id:this.groups.length,label:e.label,kind:e.kind,parent:n,place:r,items:[],shape:e.shape===void 0?null:this.picture.shapes[e.shape],count:0,output:-1,foldedAtFirst:e.folded};return this.groups.push(o),o.items=e.items.map((a,s)=>{if(typeof a!="number"){let i=this.build(a,o,s);return o.count+=i.count,i}return this.home[a]=o,this.place[a]=s,o.count+=1,a}),o}findOutputs(){let e=new Map;for(let n=0;n<this.graph.size;n++){let r=this.graph.children[n],o=this.graph.roots.includes(n);for(let a of this.around(n))(o||r.some(i=>!this.around(i).includes(a)))&&e.set(a,e.has(a)?-1:n)}for(let[n,r]of e)n.output=r}around(e){let n=[];for(let r=this.home[e];r?.parent;r=r.parent)n.push(r);return n}shown(e,n){let r=St(e);for(let o=this.home[e];o?.parent;o=o.parent)n.has(o.id)||(r=de(o));return r}homeOf(e){let n=Number(e.slice(1));return e[0]==="n"?this.home[n]:this.groups[n].parent}label(e){let n=e.group?.label??this.graph.labels[e.node],r=this.homeOf(e.key)?.label;return r&&n.startsWith(`${r}.`)?n.slice(r.length+1):n}scene(e){let n=new Map,r=[],o=new Map,a=this.arrange(this.root,e),s=(i,u,p,c)=>{o.set(i,(d,m)=>{let[h,v]=u.move(d,m);return[p+h,c+v]}),i.items.forEach((d,m)=>{let[h,v]=u.centres[m],[g,f]=u.sizes[m],[y,b]=[p+h,c+v];if(typeof d=="number"){n.set(St(d),{key:St(d),node:d,group:null,open:!1,x:y,y:b,w:g,h:f});return}let _=e.has(d.id),w={key:de(d),node:-1,group:d,open:_,x:y,y:b,w:g,h:f};n.set(w.key,w),_&&(r.push(w),s(d,this.arrange(d,e),y-g/2+qe,b-f/2+Ke+qe/2))})};return s(this.root,a,0,0),{boxes:n,frames:r,edges:this.edges(n,o,e),width:a.w,height:a.h}}sizeOf(e,n){let r=this.picture.sizes;if(typeof e=="number")return this.graph.isLeaf(e)?this.graph.labels[e]?r.leaf:r.number:r.value;if(!n.has(e.id))return r.group;let o=this.arrange(e,n);return[o.w+2*qe,o.h+Ke+1.5*qe]}arrange(e,n){let r=e.items.map(g=>this.sizeOf(g,n)),o=new Set,a=e.items.map(g=>this.sizeOf(g,o)),{size:s,at:i}=e.shape??this.grid(a),u=new Map;e.items.forEach((g,f)=>{let y=u.get(i[2*f])??[];u.set(i[2*f],[...y,f])});let p=[],c=[],d=0;for(let g of[...u.keys()].sort((f,y)=>f-y)){let f=u.get(g).sort((C,$)=>i[2*C+1]-i[2*$+1]),y=Math.max(...f.map(C=>a[C][0]))/2,b=Math.max(...f.map(C=>r[C][0]))-2*y,_=f.reduce((C,$)=>C+r[$][1]-a[$][1],0),w=-_/2,T=[];for(let C of f){let $=r[C][1]-a[C][1];p[C]=[g+d+b/2,i[2*C+1]+w+$/2],w+=$,T.push([i[2*C+1],w])}c.push({x:g,half:y,shift:d,grown:b,rows:T,up:-_/2}),d+=b}let m=0,h=s[1];p.forEach(([,g],f)=>{m=Math.min(m,g-r[f][1]/2),h=Math.max(h,g+r[f][1]/2)});for(let g of p)g[1]-=m;let v=(g,f)=>{let y=0,b=0;for(let _ of c){if(g<_.x-_.half-1)break;if(y=g>_.x?_.shift+_.grown:_.shift,g<=_.x+_.half+1){b=_.up;for(let[w,T]of _.rows)w<f&&(b=T)}}return[g+y,f+b-m]};return{w:s[0]+d,h:h-m,centres:p,sizes:r,move:v}}grid(e){let n=Math.max(...e.map(s=>s[0]))+28,r=Math.max(...e.map(s=>s[1]))+18,o=e.length<=16?e.length:Math.ceil(Math.sqrt(e.length*n/r/1.6)),a=e.flatMap((s,i)=>[(Math.floor(i/o)+.5)*n-14,(i%o+.5)*r-9]);return{size:[Math.ceil(e.length/o)*n-28,Math.min(o,e.length)*r-18],at:a}}edges(e,n,r){let o=this.graph.parents.map((u,p)=>this.shown(p,r)),a=new Map,s=[],i=new Map;return this.graph.parents.forEach((u,p)=>{u.forEach((c,d)=>{let[m,h]=[o[c],o[p]];if(m===h)return;let v=`${m} ${h}`,g=i.get(v)??0;i.set(v,g+1);let f=m[0]==="n"&&h[0]==="n",y=a.get(v);if(!f&&y){y.count+=1;return}let b=f?u.filter(Y=>Y===c).length:1,_=b>1?(g-(b-1)/2)*26:0,w=f?(d-(u.length-1)/2)*Math.min(9,40/u.length):0,T=this.route(c,p,r,n,g),C=h[0]==="n"?Ve(this.graph.sign(p))+3:0,$=Nn(e.get(m),e.get(h),T,_,w,C),G={from:m,to:h,node:f?p:-1,slot:f?d:-1,count:1,far:this.homeOf(m)!==this.homeOf(h),...$};s.push(G),f||a.set(v,G)})}),s}route(e,n,r,o,a){let s=g=>{let f=[],y=this.place[g];for(let b=this.home[g];b;b=b.parent)f.unshift([b,y]),y=b.place;return f},[i,u]=[s(e),s(n)],p=0;for(;i[p+1]&&u[p+1]&&i[p][1]===u[p][1]&&i[p+1][0]===u[p+1][0];)p++;let c=i[p][0],d=o.get(c);if(!c.shape||!d||c.parent&&!r.has(c.id))return[];let m=this.routes.get(c.shape);if(!m){m=new Map;for(let[g,f,y]of c.shape.routes){let b=`${g} ${f}`;m.set(b,[...m.get(b)??[],y])}this.routes.set(c.shape,m)}let h=m.get(`${i[p][1]} ${u[p][1]}`)??[[]],v=h[Math.min(a,h.length-1)];return Array.from({length:v.length/2},(g,f)=>d(v[2*f],v[2*f+1]))}};var Kr="http://www.w3.org/2000/svg";function k(t,e,n,r){let o=document.createElementNS(Kr,t);for(let[a,s]of Object.entries(e))o.setAttribute(a,String(s));return r!==void 0&&(o.textContent=r),n?.append(o),o}function le(t,e){for(let n=5;n>2;n--){let r=S(t,n);if(r.length<=e)return r}return _n(t)}var Pn=6;function An(t,e,n,r){if(t.open)return Yr(t,e,n,r.frames);let o=k("g",{transform:`translate(${t.x-t.w/2} ${t.y-t.h/2})`},r.boxes);return o.dataset.key=t.key,t.group?Xr(t,e,n,o):Qr(t,e,n,o)}function Yr(t,e,n,r){let o=k("g",{transform:`translate(${t.x-t.w/2} ${t.y-t.h/2})`},r);o.dataset.key=t.key,k("rect",{class:"mg-frame",width:t.w,height:t.h,rx:14},o);let a=Math.floor(t.w/(e==="small"?14:9))-3;k("text",{class:"mg-frame-label",x:40,y:21},o,he(n.tree.label(t),a)),k("path",{class:"mg-fold",d:"M15 12h14v8h-14z M18 16h8"},o),k("title",{},o,t.group?.label??"");let s=k("rect",{class:"mg-hit",width:t.w,height:Ke,rx:10},o);return s.dataset.fold="1",{box:t,element:o,keys:[]}}function Xr(t,e,n,r){let o=t.group;k("rect",{class:"mg-stack",x:6,y:-5,width:t.w-12,height:t.h,rx:12},r),k("rect",{class:"mg-box",width:t.w,height:t.h,rx:12},r);let a={box:t,element:r,keys:[]},s=he(n.tree.label(t),e==="small"?18:25);if(k("text",{class:"mg-label",x:t.w/2,y:27,"text-anchor":"middle"},r,s),k("title",{},r,o?.label??""),o&&o.output>=0)a.data=k("text",{class:"mg-data",x:14,y:50},r),a.grad=k("text",{class:"mg-grad",x:t.w-34,y:50,"text-anchor":"end"},r);else{let i=`${(o?.count??0).toLocaleString("en")} values`;k("text",{class:"mg-count",x:t.w/2,y:48,"text-anchor":"middle"},r,i)}return k("path",{class:"mg-fold",d:`M${t.w-24} 40h10 M${t.w-19} 35v10`},r),a}function Qr(t,e,n,r){let{graph:o}=n,a=o.isLeaf(t.node),s=a?0:We,i=t.w-s;a||Jr(t,n,r),k("rect",{class:"mg-box",x:s,width:i,height:t.h,rx:10},r);let u={box:t,element:r,keys:[]},p=o.labels[t.node],c=e==="small",d=c?23:21,m=c?22:24;if(p||!a){let g=k("text",{class:p?"mg-label":"mg-label mg-auto",x:s+11,y:m},r);g.textContent=he(p?n.tree.label(t):o.name(t.node),c?9:12),m+=d}k("title",{},r,p||(a?o.name(t.node):o.expression(t.node)));let h=o.isConstant(t.node);h&&(m=t.h/2+5);let v=c?8:11;return u.keys.push(k("text",{class:"mg-key",x:s+v,y:m},r,"data")),u.data=k("text",{class:"mg-data",x:s+i-10,y:m,"text-anchor":"end"},r),u.badge=k("g",{class:"mg-badge",transform:`translate(${s} 0)`},r),k("circle",{r:13},u.badge),k("text",{y:5,"text-anchor":"middle"},u.badge),h||(m+=d,u.keys.push(k("text",{class:"mg-key",x:s+v,y:m},r,"grad")),u.grad=k("text",{class:"mg-grad",x:s+i-10,y:m,"text-anchor":"end"},r)),u}function Jr(t,e,n){let{graph:r}=e,o=r.sign(t.node),a=xt(o),s=kt(o),i=Ve(o),u=t.h/2;k("path",{class:"mg-wire",d:`M${i+s} ${u}H${We}`},n),k("rect",{class:"mg-op",x:i,y:u-18,width:s,height:36,rx:18},n);let p=a.length<3?20:a.length<6?14:a.length<8?11:9.5,c={class:"mg-symbol",x:i+s/2,y:u+p*.35,"font-size":p,"text-anchor":"middle"};k("text",c,n,a)}function zn(t,e,n,r,o){let a=n.selected.value,{box:s}=t,i=n.current.value,u=n.ordering.value,p=s.open?"mg-open":s.group?"mg-group":"mg-value";s.key===a&&(p+=" mg-selected"),r.has(s.key)&&(p+=` mg-lit mg-lit-${i.phase}`),o.has(s.key)&&(p+=" mg-wrong");let c=s.node>=0?s.node:s.open?-1:s.group?.output??-1;if(c>=0){let d=n.known.value[c]===1,m=e==="small"?Pn:7;d||(p+=" mg-unknown"),n.graph.isLeaf(c)&&(p+=" mg-leaf"),c===n.root.value&&(p+=" mg-root");let{grad:h,reached:v}=n.gradients.value,g=d?le(n.data.value[c],m):"",f=n.hidden(c),y=f?"?":v[c]?le(h[c],m):"";f&&(p+=" mg-asked");let b=u?.places.get(s.node);b!==void 0?p+=" mg-listed":u?.visited.has(s.node)&&(p+=" mg-visited");let _=b===void 0?"":String(b+1);t.badge&&t.shownBadge!==_&&(t.shownBadge=_,t.badge.lastElementChild.textContent=_,t.badge.style.display=_?"":"none"),t.keys.forEach((w,T)=>{let $=e==="small"&&(T?y:g).length>Pn?"none":"";w.style.display!==$&&(w.style.display=$)}),t.data&&t.shownData!==g&&(t.data.textContent=t.shownData=g),t.grad&&t.shownGrad!==y&&(t.grad.textContent=t.shownGrad=y)}t.shownClass!==p&&(t.shownClass=p,t.element.setAttribute("class",p))}function Rn(t,e,n,r,o){for(let a of o.querySelectorAll(".mg-right"))a.remove();for(let a of t){let s=e.get(a);if(!s||s.box.node<0)continue;let{box:i}=s,u=`right: ${le(r.right.value.grad[i.node],n==="small"?6:8)}`,p=k("g",{class:"mg-right",transform:`translate(${i.x+i.w/2} ${i.y+i.h/2+9})`},o),c=u.length*(n==="small"?11:7.6)+18;k("rect",{x:-c+8,y:-10,width:c,height:23,rx:11.5},p),k("text",{x:-c/2+8,y:6,"text-anchor":"middle"},p,u)}}function Ln(t,e,n,r,o){let a=k("g",{class:"mg-edge"},o.edges),s=k("path",{},a),i={edge:t,element:a,line:s};if(!t.label||t.node<0&&(t.count===1||t.far)||!Zr(t,e,n,r))return i;let[u,p]=t.label;i.pill=k("g",{class:"mg-pill",transform:`translate(${u} ${p})`},o.pills);let c=e==="small"?14:11;return k("rect",{x:-30,y:-c,width:60,height:2*c,rx:c},i.pill),i.text=k("text",{y:e==="small"?6.5:4.5,"text-anchor":"middle"},i.pill),i}function Zr(t,e,n,r){if(!t.label||t.node>=0&&n.graph.parents[t.node].length<=2)return!0;for(let o of r.values()){if(!o.pill||!o.edge.label)continue;let[a,s]=[o.edge.label[0]-t.label[0],o.edge.label[1]-t.label[1]];if(Math.abs(a)<62&&Math.abs(s)<(e==="small"?28:21))return!1}return!0}function On(t,e,n,r,o){let a=n.selected.value,{edge:s}=t,i=n.current.value,u=s.far?"mg-edge mg-far":"mg-edge",p=s.count>1?`${s.count.toLocaleString("en")}×`:"";if(s.node>=0){let c=n.known.value[s.node]===1,d=n.partials.value.of(s.node)[s.slot];p=c?e==="small"?le(d,5):`∂ ${le(d,7)}`:"",i.phase==="backward"&&i.act==="add"&&i.node===s.node&&i.slot===s.slot&&(u+=" mg-flow"),i.phase==="forward"&&i.node===s.node&&(u+=" mg-forward")}else r&&s.from===r&&s.to===o&&(u+=" mg-flow");if(a&&(s.from===a||s.to===a)&&(u+=" mg-near"),t.shownClass!==u&&(t.shownClass=u,t.element.setAttribute("class",u),t.pill?.setAttribute("class",u.replace("mg-edge",s.node>=0?"mg-pill":"mg-pill mg-many"))),s.far&&!/mg-(flow|near|forward)/.test(u)&&(p=""),t.text&&t.shown!==p){t.shown=t.text.textContent=p;let c=p.length*(e==="small"?5.7:3.9)+9,d=t.pill?.firstElementChild;d?.setAttribute("x",String(-c)),d?.setAttribute("width",String(2*c)),t.pill.style.display=p?"":"none"}}function In(t,e,n){let r=[],o=null,a=!1,s=(c,d,m)=>{t.addEventListener(c,d,m),r.push(()=>t.removeEventListener(c,d,m))},i=new Map,u=0;s("pointerdown",c=>{c.button===0&&(i.set(c.pointerId,[c.clientX,c.clientY]),o=[c.clientX,c.clientY],a=!1)}),s("pointermove",c=>{if(!i.has(c.pointerId))return;if(i.set(c.pointerId,[c.clientX,c.clientY]),i.size===2){let[h,v]=[...i.values()],g=Math.hypot(h[0]-v[0],h[1]-v[1]),{left:f,top:y}=t.getBoundingClientRect();u&&e.zoom(g/u,(h[0]+v[0])/2-f,(h[1]+v[1])/2-y),u=g,a=!0;return}if(!o)return;let[d,m]=[c.clientX-o[0],c.clientY-o[1]];!a&&Math.hypot(d,m)<4||(a||t.setPointerCapture(c.pointerId),a=!0,t.classList.add("mg-grabbing"),e.pan(d,m),o=[c.clientX,c.clientY])});let p=c=>{i.delete(c.pointerId),u=0,o=null,t.classList.remove("mg-grabbing")};return s("pointerup",p),s("pointercancel",p),s("click",c=>{if(a)return;let d=c.target,{left:m,top:h}=t.getBoundingClientRect(),v=d.closest("[data-key]")?.dataset.key??e.at(c.clientX-m,c.clientY-h),g=v?n.scene.value.boxes.get(v):void 0;g?g.group&&g.open?d.dataset.fold&&n.setOpen(g.group,!1):(n.selected.value=g.key,g.group&&n.setOpen(g.group,!0),e.approach(g.key)):n.selected.value=null}),s("wheel",c=>{c.preventDefault();let{left:d,top:m}=t.getBoundingClientRect();c.ctrlKey||c.metaKey||c.deltaMode===0&&Math.abs(c.deltaX)<1&&!c.shiftKey?e.zoom(Math.exp(-c.deltaY*.0016),c.clientX-d,c.clientY-m):e.pan(-c.deltaX-(c.shiftKey?c.deltaY:0),c.shiftKey?0:-c.deltaY)},{passive:!1}),s("keydown",c=>eo(c,t,e,n)),()=>{for(let c of r)c()}}function eo(t,e,n,r){if(t.ctrlKey||t.metaKey||t.altKey)return;let a={ArrowLeft:"left",ArrowRight:"right",ArrowUp:"up",ArrowDown:"down"}[t.key],s=r.selected.value,i=s?r.scene.value.boxes.get(s):void 0;if(a&&t.shiftKey){let[u,p]={left:[80,0],right:[-80,0],up:[0,80],down:[0,-80]}[a];n.pan(u,p)}else if(a){let u=r.tree.shown(r.root.value,r.open.value),p=i?to(r.scene.value,i,a):u;p&&(r.selected.value=p,n.show(p))}else if((t.key==="Enter"||t.key==="f")&&i?.group)r.setOpen(i.group,!i.open);else if(t.key==="Enter"&&i&&r.graph.isLeaf(i.node))e.closest(".mg-root-element")?.querySelector(".mg-leaf-input")?.focus();else if(t.key==="f"&&i){let u=r.tree.around(i.node)[0];u&&(r.selected.value=de(u),r.setOpen(u,!1))}else return;t.preventDefault(),t.stopPropagation()}function to(t,e,n){let r=[...t.boxes.values()].filter(i=>!i.open&&i!==e),o=r;e.open?o=r.filter(i=>Math.abs(i.x-e.x)<e.w/2&&Math.abs(i.y-e.y)<e.h/2):n==="left"?o=r.filter(i=>Gn(t,i.key,e.key)):n==="right"&&(o=r.filter(i=>Gn(t,e.key,i.key)));let a=i=>{let[u,p]=[i.x-e.x,i.y-e.y];if(n==="left"||n==="right")return Math.abs(u)+2.5*Math.abs(p);let c=n==="up"?-p:p;return c<8&&!e.open?Number.POSITIVE_INFINITY:Math.abs(c)+2.5*Math.abs(u)},[s]=o.filter(i=>a(i)<Number.POSITIVE_INFINITY).sort((i,u)=>a(i)-a(u));return s?.key??null}var Gn=(t,e,n)=>t.edges.some(r=>r.from===e&&r.to===n);var Xe=class{constructor(e,n){this.store=n;this.canvas.className="mg-overview",this.canvas.setAttribute("aria-hidden","true"),e.prepend(this.canvas)}store;canvas=document.createElement("canvas");context=this.canvas.getContext("2d");clear(){this.canvas.width=0}remove(){this.canvas.remove()}draw(e,n,r,o,a,s){let{canvas:i,context:u,store:p}=this,c=window.devicePixelRatio||1;(i.width!==n*c||i.height!==r*c)&&(i.width=n*c,i.height=r*c);let d=getComputedStyle(i),m=_=>d.getPropertyValue(`--${_}`);u.setTransform(c,0,0,c,0,0),u.clearRect(0,0,n,r),u.lineWidth=.7,u.strokeStyle=m("edge");for(let _ of e.edges){u.beginPath();for(let w=1;w<_.points.length;w++){let[T,C]=[_.points[w-1][0]*s+o,_.points[w-1][1]*s+a],[$,G]=[_.points[w][0]*s+o,_.points[w][1]*s+a];Math.max(T,$)<0||Math.min(T,$)>n||Math.max(C,G)<0||Math.min(C,G)>r||(u.moveTo(T,C),u.lineTo($,G))}u.stroke()}let h={plain:m("card"),group:m("soft"),data:m("data-soft"),grad:m("grad-soft"),wrong:m("wrong"),lit:m("grad-strong"),selected:m("ink")},v=p.current.value,g=v.phase==="start"?-1:v.phase==="backward"&&v.act==="add"?v.parent:v.node,{reached:f}=p.gradients.value,y=g<0?"":p.tree.shown(g,p.open.value),b=_=>{if(_.key===p.selected.value)return h.selected;if(_.key===y)return h.lit;let w=_.node>=0?_.node:_.group?.output??-1;return w<0?h.group:p.wrong.value.has(w)?h.wrong:f[w]?h.grad:p.known.value[w]?h.data:h.plain};for(let _ of e.boxes.values()){let[w,T]=[_.w*s,_.h*s],[C,$]=[_.x*s+o-w/2,_.y*s+a-T/2];C+w<0||C>n||$+T<0||$>r||(_.open||(u.fillStyle=b(_),u.fillRect(C,$,Math.max(w,2),Math.max(T,2))),w>5&&u.strokeRect(C,$,w,T))}}};var no=120,ro=64,oo=240,Bn=.68,Fn=.24,Qe=class{constructor(e,n){this.host=e;this.store=n;this.svg=k("svg",{class:"mg-svg","aria-hidden":"true",focusable:"false"},e),this.world=k("g",{},this.svg);let r=()=>k("g",{},this.world);this.layers={frames:r(),edges:r(),boxes:r(),pills:r()},this.overview=new Xe(e,n),this.scene=n.scene.value,this.stops.push(In(e,this,n));let o=new ResizeObserver(()=>{this.touched?this.later():this.begin()});o.observe(e),this.stops.push(()=>o.disconnect());let a=!0;this.stops.push(B(()=>{let s=this.scene;this.scene=n.scene.value,e.classList.toggle("mg-dense",this.scene.edges.filter(i=>i.far).length>no),!a&&s!==this.scene&&this.rearranged(s),a=!1}),B(()=>{n.gradients.value,n.known.value,n.wrong.value,n.current.value,n.selected.value,n.quiz.value,n.theme.value,this.update()})),this.begin()}host;store;svg;world;layers;boxes=new Map;edges=new Map;stops=[];x=0;y=0;scale=1;detail="full";overview;covered=null;scene;frame=0;touched=!1;stop(){for(let e of this.stops)e();cancelAnimationFrame(this.frame),this.svg.remove(),this.overview.remove()}fit(){this.touched=!1;let{width:e,height:n}=this.host.getBoundingClientRect();if(!e||!n)return;let r=n-ro,o=Math.min((e-48)/this.scene.width,(r-24)/this.scene.height,1.35);this.look(o,(e-this.scene.width*o)/2,(r+24-this.scene.height*o)/2)}begin(){this.fit();let e=this.store.selected.value??this.store.tree.shown(this.store.timeline.value.inner[0]??0,this.store.open.value);this.scale<Fn&&this.show(e,!0),this.touched=!1}zoom(e,n,r){this.touched=!0;let{width:o,height:a}=this.host.getBoundingClientRect(),[s,i]=[n??o/2,r??a/2],u=Math.min(3,Math.max(.01,this.scale*e)),p=u/this.scale;this.look(u,s-(s-this.x)*p,i-(i-this.y)*p)}pan(e,n){this.touched=!0,this.look(this.scale,this.x+e,this.y+n)}show(e,n=!1){let r=this.scene.boxes.get(e);if(!r)return;let{width:o,height:a}=this.host.getBoundingClientRect(),s=Math.max(this.scale,Bn),[i,u]=[this.x+r.x*this.scale,this.y+r.y*this.scale];i>90&&u>50&&i<o-90&&u<a-50&&!n&&this.scale>=.4||(this.touched=!0,this.look(s,o/2-r.x*s,a/2-r.y*s))}at(e,n){if(this.detail!=="tiny")return;let[r,o]=[(e-this.x)/this.scale,(n-this.y)/this.scale],a=6/this.scale;for(let s of this.scene.boxes.values())if(!s.open&&Math.abs(s.x-r)<s.w/2+a&&Math.abs(s.y-o)<s.h/2+a)return s.key}approach(e){this.detail==="tiny"&&this.show(e,!0)}follow(e){this.touched&&this.scale>=.4&&this.show(e)}look(e,n,r){let{width:o,height:a}=this.host.getBoundingClientRect(),s=80;this.scale=e,this.x=Math.min(o-s,Math.max(s-this.scene.width*e,n)),this.y=Math.min(a-s,Math.max(s-this.scene.height*e,r)),this.later()}later(){this.frame||(this.frame=requestAnimationFrame(()=>this.draw()))}focus(e,n,r,o){let{width:a,height:s}=this.host.getBoundingClientRect(),i=Math.max(.3,Math.min(1.1,(a-90)/r,(s-90)/o));this.touched=!0,this.look(i,a/2-e*i,s/2-n*i)}rearranged(e){let n=this.store.selected.value,r=n?e.boxes.get(n):void 0,o=n?this.scene.boxes.get(n):void 0;this.clear(),o?.open&&!r?.open?this.focus(o.x,o.y,o.w,o.h):this.touched?r&&o&&this.look(this.scale,this.x+(r.x-o.x)*this.scale,this.y+(r.y-o.y)*this.scale):this.begin(),this.later()}clear(){this.boxes.clear(),this.edges.clear(),this.covered=null;for(let e of Object.values(this.layers))e.replaceChildren()}draw(){this.frame=0,this.world.setAttribute("transform",`translate(${this.x} ${this.y}) scale(${this.scale})`);let{width:e,height:n}=this.host.getBoundingClientRect(),r=-this.x/this.scale,o=-this.y/this.scale,[a,s]=[r+e/this.scale,o+n/this.scale],i=this.scale<Fn?"tiny":this.scale<Bn?"small":"full";if(i!==this.detail&&(this.detail=i,this.svg.setAttribute("class",`mg-svg mg-${i}`),this.clear(),i!=="tiny"&&this.overview.clear()),i==="tiny"){this.overview.draw(this.scene,e,n,this.x,this.y,this.scale);return}let u=this.covered;if(u&&r>=u[0]&&o>=u[1]&&a<=u[2]&&s<=u[3])return;let p=oo/this.scale;this.cover([r-p,o-p,a+p,s+p])}cover(e){this.covered=e;let[n,r,o,a]=e,s=(i,u,p,c)=>p>=n&&i<=o&&c>=r&&u<=a;for(let i of this.scene.boxes.values()){let u=s(i.x-i.w/2,i.y-i.h/2,i.x+i.w/2,i.y+i.h/2),p=this.boxes.get(i.key);u&&!p?this.boxes.set(i.key,An(i,this.detail,this.store,this.layers)):!u&&p&&(p.element.remove(),this.boxes.delete(i.key))}for(let i of this.scene.edges){let u=i.pieces.map(c=>s(...c.bounds)?c.path:"").join(""),p=this.edges.get(i);u&&!p?(p=Ln(i,this.detail,this.store,this.edges,this.layers),this.edges.set(i,p)):!u&&p&&(p.element.remove(),p.pill?.remove(),this.edges.delete(i)),p&&u&&p.shownPath!==u&&(p.shownPath=u,p.line.setAttribute("d",u))}this.update()}update(){let e=this.store;if(this.detail==="tiny"){this.later();return}let n=e.current.value,r=new Set,o="",a="";n.phase!=="start"&&r.add(e.tree.shown(n.node,e.open.value)),n.phase==="backward"&&n.act==="add"&&(o=e.tree.shown(n.parent,e.open.value),a=e.tree.shown(n.node,e.open.value),r.delete(a),r.add(o));let s=new Set([...e.wrong.value].map(i=>e.tree.shown(i,e.open.value)));for(let i of this.boxes.values())zn(i,this.detail,e,r,s);for(let i of this.edges.values())On(i,this.detail,e,o,a);Rn(s,this.boxes,this.detail,e,this.layers.pills)}};var so={start:"M5 4v16 M19 5 9 12l10 7z",back:"M15 5 8 12l7 7",play:"M8 4.5 19 12 8 19.5z",pause:"M7 5h3.5v14H7z M13.5 5H17v14h-3.5z",on:"M9 5l7 7-7 7",end:"M19 4v16 M5 5l10 7-10 7z"},ee=({shape:t})=>l("svg",{class:"mg-icon",viewBox:"0 0 24 24","aria-hidden":"true",children:l("path",{d:so[t],fill:t==="back"||t==="on"?"none":void 0})}),Hn={forward:"Forward",order:"Order",backward:"Backward"};function jn({store:t}){let e=t.timeline.value,n=t.step.value,r=t.playing.value;j(()=>{if(!r)return;let u=900/t.speed.value,p=Math.max(1,Math.round(16/u)),c=setInterval(()=>{t.goTo(t.step.value+p),t.step.value>=t.timeline.value.length&&(t.playing.value=!1)},Math.max(16,u));return()=>clearInterval(c)},[r,t.speed.value]);let o=()=>{!r&&n>=e.length&&t.goTo(0),t.playing.value=!r},a=u=>`${e.length?100*u/e.length:0}%`,s=t.phase.value==="start"?"forward":t.phase.value,i={forward:e.ends.forward,order:e.ends.order-e.ends.forward,backward:e.length-e.ends.order};return l("footer",{class:"mg-scrubber","data-phase":t.phase.value,"aria-label":"Steps",children:[l("div",{class:"mg-sentence","data-phase":t.phase.value,children:l(xn,{store:t})}),l("div",{class:"mg-controls",children:[l("div",{class:"mg-buttons",role:"group","aria-label":"Play",children:[l("button",{type:"button",title:"To the start (Home)","aria-label":"To the start",onClick:()=>t.goTo(0),children:l(ee,{shape:"start"})}),l("button",{type:"button",title:"One step back (,)","aria-label":"One step back",onClick:()=>t.goTo(n-1),children:l(ee,{shape:"back"})}),l("button",{type:"button",class:"mg-play",title:"Play or pause (space)","aria-label":r?"Pause":"Play",onClick:o,children:l(ee,{shape:r?"pause":"play"})}),l("button",{type:"button",title:"One step on (.)","aria-label":"One step on",onClick:()=>t.goTo(n+1),children:l(ee,{shape:"on"})}),l("button",{type:"button",title:"To the end (End)","aria-label":"To the end",onClick:()=>t.goTo(e.length),children:l(ee,{shape:"end"})})]}),l("div",{class:"mg-track",children:[l("div",{class:"mg-phases",role:"group","aria-label":"Phases",children:Ue.map((u,p)=>l("button",{type:"button",style:{width:a(i[u]),display:i[u]?"":"none"},"aria-pressed":s===u,title:`${Hn[u]} (${p+1})`,onClick:()=>t.goToPhase(u),children:Hn[u]},u))}),l("input",{type:"range",class:"mg-slider","aria-label":"Step","aria-valuetext":`step ${n} of ${e.length}, ${t.phase.value}`,min:0,max:e.length,value:n,style:{"--at":a(n)},onInput:u=>t.goTo(Number(u.currentTarget.value))})]}),l("output",{class:"mg-count","aria-hidden":"true",children:[n.toLocaleString("en")," / ",e.length.toLocaleString("en")]}),l("label",{class:"mg-speed",children:[l("span",{children:"Speed "}),l("select",{value:String(t.speed.value),onChange:u=>{t.speed.value=Number(u.currentTarget.value)},children:[.5,1,2,4,16,100].map(u=>l("option",{value:String(u),children:[u,"×"]},u))})]})]}),e.cut&&l("p",{class:"mg-t-wrong mg-cut",children:["Stopped after ",2e4.toLocaleString("en")," contributions: plain recursion walks every path, and there are more paths than time."]})]})}var Je={cdot:"·",times:"×",sigma:"σ",partial:"∂",sum:"∑",prod:"∏",leq:"≤",le:"≤",geq:"≥",ge:"≥",neq:"≠",ne:"≠",infty:"∞",pm:"±",to:"→",ldots:"…",dots:"…",cdots:"⋯",lt:"<",gt:">",mid:"|",alpha:"α",beta:"β",gamma:"γ",delta:"δ",epsilon:"ε",theta:"θ",lambda:"λ",mu:"μ",pi:"π"},io=new Set([",",";",":","!"," ","quad","qquad"]),lo=new Set(["text","mathrm","operatorname","mathit","mathsf","texttt","textit","textbf"]),Un=new Set(["{","}","_","%","#","&","$"]),uo=new Set(["aligned","align*","align","gathered"]);function co(t){let e=[],n=/\\\\|\\[a-zA-Z]+|\\.|[{}]|[\^_]|\d+(?:\.\d+)?(?:e[+-]?\d+)?|&|\s+|./gsu;for(let[r]of t.matchAll(n))r==="\\\\"?e.push({kind:"row",text:r}):r==="&"?e.push({kind:"cell",text:r}):r.startsWith("\\")?e.push({kind:"command",text:r.slice(1)}):r==="{"?e.push({kind:"open",text:r}):r==="}"?e.push({kind:"close",text:r}):r==="^"||r==="_"?e.push({kind:"script",text:r}):/^\d/.test(r)?e.push({kind:"number",text:r}):/^\p{L}/u.test(r)?e.push({kind:"letter",text:r}):/\s/.test(r)?e.push({kind:"sign",text:" "}):e.push({kind:"sign",text:r});return e}var me=t=>t.replace(/[&<>]/g,e=>`&#${e.charCodeAt(0)};`),Mt=class{at=0;tokens;constructor(e){this.tokens=co(e)}all(){let e=[[""]];for(;this.at<this.tokens.length;){if(this.tokens[this.at].text===" "){this.at+=1;continue}let{kind:r}=this.tokens[this.at];if(r==="row")e.push([""]);else if(r==="cell")e[e.length-1].push("");else{let o=e[e.length-1];o[o.length-1]+=this.scripted();continue}this.at+=1}return e.length===1&&e[0].length===1?e[0][0]:`<mtable class="aligned" displaystyle="true">${e.map(r=>`<mtr>${r.map(o=>`<mtd><mrow>${o}</mrow></mtd>`).join("")}</mtr>`).join("")}</mtable>`}scripted(){let e=this.one(),n="",r="";for(;this.tokens[this.at]?.kind==="script";)this.tokens[this.at++].text==="^"?r=this.one():n=this.one();return n&&r?`<msubsup>${e}${n}${r}</msubsup>`:n?`<msub>${e}${n}</msub>`:r?`<msup>${e}${r}</msup>`:e}one(){for(;this.tokens[this.at]?.text===" ";)this.at+=1;let e=this.tokens[this.at++];if(!e)return"<mrow></mrow>";switch(e.kind){case"open":return this.group();case"number":return`<mn>${e.text}</mn>`;case"letter":return`<mi>${me(e.text)}</mi>`;case"command":return this.command(e.text);default:return`<mo stretchy="false">${me(e.text==="-"?"−":e.text)}</mo>`}}group(){let e="";for(;this.at<this.tokens.length&&this.tokens[this.at].kind!=="close";)e+=this.scripted();return this.at+=1,`<mrow>${e}</mrow>`}plain(){let e="",n=0;for(;this.at<this.tokens.length;this.at++){let r=this.tokens[this.at];if(!(r.kind==="open"&&n++===0)&&(r.kind==="close"&&--n===0||(e+=r.kind==="command"&&!Un.has(r.text)&&r.text!==" "?"":r.text,n===0)))break}return this.at+=1,me(e)}command(e){if(e==="frac"||e==="dfrac")return`<mfrac>${this.one()}${this.one()}</mfrac>`;if(e==="sqrt")return`<msqrt>${this.one()}</msqrt>`;if(lo.has(e))return`<mi mathvariant="normal">${this.plain()}</mi>`;if(e==="left"||e==="right")return this.fence();if(e==="begin"||e==="end"){let n=this.plain();return uo.has(n)?"":`<mtext>${n}</mtext>`}return io.has(e)?`<mspace width="${e===","?"0.17em":"0.5em"}"></mspace>`:Un.has(e)?`<mo stretchy="false">${me(e)}</mo>`:Je[e]?/^\p{L}$/u.test(Je[e])?`<mi>${Je[e]}</mi>`:`<mo>${Je[e]}</mo>`:`<mi mathvariant="normal">${me(e)}</mi>`}fence(){let e=this.tokens[this.at++];return e&&e.text!=="."?`<mo stretchy="true">${me(e.text)}</mo>`:""}};function Wn(t){let e=t.trim().replace(/^\$+|\$+$/g,"").replace(/^\\\[|\\\]$/g,"");return`<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">${new Mt(e).all()}</math>`}var po=["Formula","Python","Words"];function Vn({store:t}){let[e,n]=F("Formula"),[r,o]=F(""),{latex:a,python:s,explain:i}=t.page.show,u=e==="Formula"?a:e==="Python"?s:i;return l("section",{class:"mg-card",children:[l("div",{class:"mg-title-row",children:[l("h2",{id:"mg-show-as",children:"Show as"}),l("span",{role:"status",class:"mg-muted",children:r}),l("button",{type:"button",onClick:async()=>{try{await navigator.clipboard.writeText(u),o("Copied")}catch{o("select it yourself: not allowed here")}setTimeout(()=>o(""),2500)},children:e==="Formula"?"Copy TeX":"Copy"})]}),l("div",{class:"mg-tabs",role:"group","aria-labelledby":"mg-show-as",children:po.map(c=>l("button",{type:"button","aria-pressed":e===c,onClick:()=>n(c),children:c},c))}),!u&&l("p",{class:"mg-muted",children:t.page.show.missing}),u&&e==="Formula"&&l(ho,{tex:a}),u&&e!=="Formula"&&l("pre",{class:"mg-code",tabIndex:0,"aria-label":e,children:u}),t.edited.value.length>0&&e!=="Formula"&&l("p",{class:"mg-muted",children:"With the numbers this page came with, not those you have put in since."})]})}function ho({tex:t}){let e=q(null);return j(()=>{e.current&&(e.current.innerHTML=Wn(t))},[t]),l("div",{class:"mg-math",ref:e,tabIndex:0,role:"group","aria-label":"Formula"})}var Ze=[[124,58,237],[22,163,74],[219,39,119],[13,148,136],[146,98,57],[100,116,139]],qn=[4,0,3,5,6,8];function Et(t){let[e,n]=[Math.min(...t),Math.max(...t)],r=(n-e||1)*.12;return[e-r,n+r]}function Kn(t,e,n,[[r,o],[a,s]],i){let{width:u,height:p}=t.canvas,c=n.slice(),d=Array.from({length:900},(g,f)=>{let[y,b]=[(f%30+.5)/30,(Math.floor(f/30)+.5)/30];return e.predict([r+y*(o-r),s+b*(a-s)],c)}),m=new ImageData(30,30);d.forEach(({margins:g,best:f},y)=>{let b=.12+.5*Math.abs(Math.tanh(g[f]));m.data.set([...Ze[f%Ze.length],255*b],4*y)});let h=new OffscreenCanvas(30,30);h.getContext("2d")?.putImageData(m,0,0),t.clearRect(0,0,u,p),t.imageSmoothingEnabled=!0,t.drawImage(h,0,0,u,p),e.isClassifier&&d[0].margins.forEach((g,f)=>{(f||d[0].margins.length>2)&&mo(t,d.map(y=>y.margins[f]))});let v=([g,f])=>[(g-r)/(o-r)*u,(s-f)/(s-a)*p];e.points.forEach((g,f)=>Qn(t,v(g),e.colourOf(f))),Xn(t,v(i))}function Yn(t,e,n,[r,o],a){let{width:s,height:i}=t.canvas,u=n.slice(),p=g=>e.outputs([g],u)[0],c=Array.from({length:81},(g,f)=>r+(o-r)*f/80),d=c.map(p),[m,h]=Et([...e.targets,...d].filter(Number.isFinite)),v=(g,f)=>[(g-r)/(o-r)*s,(h-f)/(h-m)*i];t.clearRect(0,0,s,i),e.points.forEach(([g],f)=>Qn(t,v(g,e.targets[f]),1)),t.beginPath(),c.forEach((g,f)=>t.lineTo(...v(g,d[f]))),Ct(t,4),Xn(t,v(a,p(a)))}function Ct(t,e){t.lineWidth=e,t.strokeStyle=getComputedStyle(t.canvas).color,t.stroke()}function Xn(t,[e,n]){t.beginPath(),t.arc(e,n,15,0,2*Math.PI),Ct(t,5)}function mo(t,e){let{width:n,height:r}=t.canvas,o=s=>[(s%30+.5)/30,(Math.floor(s/30)+.5)/30],a=(s,i)=>{let u=e[s]/(e[s]-e[i]),[[p,c],[d,m]]=[o(s),o(i)];return[(p+u*(d-p))*n,(c+u*(m-c))*r]};t.beginPath();for(let s=0;s<29;s++)for(let i=0;i<29;i++){let u=s*30+i,p=[u,u+1,u+1+30,u+30],c=[];p.forEach((d,m)=>{let h=p[(m+1)%4];e[d]>0!=e[h]>0&&c.push(a(d,h))});for(let d=0;d+1<c.length;d+=2)t.moveTo(...c[d]),t.lineTo(...c[d+1])}Ct(t,4)}function Qn(t,[e,n],r){let o=qn[r%qn.length];if(t.beginPath(),o){for(let a=0;a<o;a++){let s=2*Math.PI*(a+.5)/o+Math.PI/2;t.lineTo(e+8.5*Math.cos(s),n+8.5*Math.sin(s))}t.closePath()}else t.arc(e,n,7,0,2*Math.PI);t.fillStyle=`rgb(${Ze[r%Ze.length].join()})`,t.strokeStyle="#fff",t.lineWidth=2.5,t.fill(),t.stroke()}var et=class{constructor(e,n){this.graph=e;this.history=n;this.points=n.points.map(p=>p.map(Number));let r=n.targets.map(Number),{outputs:o}=n,a=new Set(r),s=a.size<=2&&[...a].every(p=>p===1||p===(a.has(-1)?-1:0));this.isClassifier=r.length>0&&(o.length>1?r.every(p=>Number.isInteger(p)&&p>=0&&p<o.length):s),this.targets=this.isClassifier&&o.length===1?r.map(p=>+(p>0)):r;let i=e.sign(o[0])==="sigmoid",u=r.reduce((p,c)=>p+c,0)/(r.length||1);this.middle=this.isClassifier?i?.5:0:u,this.nodes=this.between()}graph;history;points;targets;isClassifier;nodes;middle;between(){let{inputs:e,outputs:n}=this.history,r=new Set(e),o=new Set(n);this.graph.parents.forEach((a,s)=>{a.some(i=>r.has(i))&&r.add(s)});for(let a=this.graph.size-1;a>=0;a--)if(o.has(a))for(let s of this.graph.parents[a])o.add(s);return[...r].filter(a=>o.has(a)&&!e.includes(a)).sort((a,s)=>a-s)}outputs(e,n){return e.forEach((r,o)=>{n[this.history.inputs[o]]=r}),this.graph.forwardThrough(this.nodes,n),this.history.outputs.map(r=>n[r])}predict(e,n){let r=this.outputs(e,n),o=r.length>1?r:[this.middle-r[0],r[0]-this.middle],a=o.indexOf(Math.max(...o)),s=o.map((i,u)=>i-Math.max(...o.filter((p,c)=>c!==u)));return{margins:r.length>1?s:o,best:Math.max(0,a)}}colourOf(e){return this.isClassifier?this.targets[e]:+(this.targets[e]>this.middle)}accuracy(e){if(!this.isClassifier)return null;let n=e.slice();return this.points.filter((o,a)=>this.predict(o,n).best===this.targets[a]).length/this.points.length}};var fe=328,ge=96;function Jn({store:t,history:e}){let n=t.snapshot.value,r=e.steps.length-1,[o,a]=F(!1),[s,i]=F(1),u=p=>{t.snapshot.value=Math.min(r,Math.max(0,p))};return j(()=>{let p=e.values[n];t.setLeaves(e.parameters.map((c,d)=>[c,Number(p[d])]))},[n]),j(()=>{if(!o)return;let p=setInterval(()=>{t.snapshot.value>=r?a(!1):u(t.snapshot.value+1)},220/s);return()=>clearInterval(p)},[o,s]),l("section",{class:"mg-card mg-training",children:[l("h2",{children:["Training ",l("span",{class:"mg-kind",children:["step ",e.steps[n].toLocaleString("en")]})]}),l("div",{class:"mg-row mg-controls",children:[l("button",{type:"button","aria-label":"One snapshot back",onClick:()=>u(n-1),children:l(ee,{shape:"back"})}),l("button",{type:"button",class:"mg-play","aria-label":o?"Pause training":"Play training",onClick:()=>{!o&&n>=r&&u(0),a(!o)},children:l(ee,{shape:o?"pause":"play"})}),l("button",{type:"button","aria-label":"One snapshot on",onClick:()=>u(n+1),children:l(ee,{shape:"on"})}),l("select",{"aria-label":"Training speed",value:String(s),onChange:p=>i(Number(p.currentTarget.value)),children:[.5,1,2,4].map(p=>l("option",{value:String(p),children:[p,"×"]},p))}),l("input",{type:"range",class:"mg-slider mg-epochs","aria-label":"Training step","aria-valuetext":`step ${e.steps[n]}`,min:0,max:r,value:n,style:{"--at":`${r?100*n/r:0}%`},onInput:p=>u(Number(p.currentTarget.value))})]}),l(fo,{store:t,history:e}),e.curves.map(p=>l(go,{curve:p,step:e.steps[n]},p.name)),l(vo,{history:e,at:n})]})}function fo({store:t,history:e}){let n=q(null),r=t.data.value,{inputs:o}=e,a=re(()=>new et(t.graph,e),[e]),{points:s}=a,i=re(()=>o.map((m,h)=>Et(s.map(v=>v[h]))),[s]),u=o.length===1,p=o.length>0&&o.length<=2&&s.length>0;if(j(()=>{let m=n.current?.getContext("2d");if(!m)return;let h=o.map(v=>r[v]);u?Yn(m,a,r,i[0],h[0]):Kn(m,a,r,i,h)},[r,t.theme.value]),!p)return null;let c=m=>{let{width:h,height:v}=m.currentTarget.getBoundingClientRect(),g=[m.offsetX/h,1-m.offsetY/v];t.setLeaves(o.map((f,y)=>[f,i[y][0]+g[y]*(i[y][1]-i[y][0])]))},d=u?null:a.accuracy(r);return l("figure",{children:[l("canvas",{ref:n,class:"mg-plane",width:656,height:u?320:440,role:"img",onClick:c,"aria-label":u?"The model's output over its input, with the examples":"The decision boundary, with the examples"}),l("figcaption",{children:[d!==null&&l("b",{children:[Math.round(100*d),"% of ",s.length," right."," "]}),u?"Click to choose the input of the graph.":"Click to choose the inputs of the graph (the ring)."]})]})}function go({curve:t,step:e}){let n=t.values.map(Number),r=n.filter(Number.isFinite);if(r.length<2)return null;let o=Math.min(0,...r),a=Math.max(...r),s=t.steps[t.steps.length-1]||1,i=d=>4+(fe-8)*d/s,u=d=>6+(ge-12)*(a-d)/(a-o||1),p=0;t.steps.forEach((d,m)=>{d<=e&&(p=m)});let c=n.map((d,m)=>Number.isFinite(d)?`${m?"L":"M"}${i(t.steps[m]).toFixed(1)} ${u(d).toFixed(1)}`:"").join("");return l("figure",{children:[l("svg",{class:"mg-chart",viewBox:`0 0 ${fe} ${ge}`,role:"img","aria-label":`${t.name} over the steps: ${S(n[p])} here`,children:[l("line",{class:"mg-axis",x1:"0",x2:fe,y1:u(0),y2:u(0)}),l("path",{class:"mg-curve",d:c}),l("line",{class:"mg-now",x1:i(e),x2:i(e),y1:"0",y2:ge}),l("circle",{class:"mg-now",cx:i(t.steps[p]),cy:u(n[p]),r:"5"})]}),l("figcaption",{children:[t.name," ",l("b",{children:S(n[p])})]})]})}function vo({history:t,at:e}){let r=re(()=>{let s=1e-9;for(let i of t.values)for(let u of i)Number.isFinite(Number(u))&&(s=Math.max(s,Math.abs(Number(u))));return s},[t]),o=new Array(27).fill(0);for(let s of t.values[e]){let i=Math.floor((Number(s)+r)/(2*r)*27);i>=0&&(o[Math.min(26,i)]+=1)}let a=Math.max(...o,1);return l("figure",{children:[l("svg",{class:"mg-chart",viewBox:`0 0 ${fe} ${ge}`,role:"img","aria-label":`Histogram of ${t.parameters.length} parameters`,children:o.map((s,i)=>{let u=(ge-10)*s/a;return l("rect",{class:"mg-bar",x:i*fe/27+1,width:fe/27-2,y:ge-u,height:u},i)})}),l("figcaption",{children:[t.parameters.length," parameters, from ",S(-r,3)," to ",S(r,3)]})]})}function Zn({store:t}){let e=q(null),n=q(null),r=q(null),o=q(null);j(()=>{if(e.current)return n.current=new Qe(e.current,t),()=>n.current?.stop()},[]),gn(()=>{let s=t.current.value;if(s.phase==="start")return;let i=s.phase==="backward"&&s.act==="add"?s.parent:s.node;n.current?.follow(t.tree.shown(i,t.open.peek()))}),j(()=>{let s=r.current;if(!s)return;let u=document.getElementById("micrograd-explorer")?.contains(s)?document:s,p=c=>$n(c,t,n.current,s,o.current);return u.addEventListener("keydown",p),()=>u.removeEventListener("keydown",p)},[]);let{history:a}=t.page;return l("div",{class:"mg-root-element","data-theme":t.theme.value,ref:r,children:[l(bo,{store:t,picture:n,onHelp:()=>o.current?.showModal()}),l("main",{class:"mg-main",children:[l("div",{class:"mg-graph-area",children:[l("div",{ref:e,class:"mg-graph",tabIndex:0,role:"application","aria-roledescription":"graph","aria-label":"The graph. Arrow keys select: left a parent, right a child. Question mark lists all keys."}),l("div",{class:"mg-zoom",role:"group","aria-label":"Zoom",children:[l("button",{type:"button","aria-label":"Closer",title:"Closer (+)",onClick:()=>n.current?.zoom(1.25),children:"+"}),l("button",{type:"button","aria-label":"Further",title:"Further (−)",onClick:()=>n.current?.zoom(.8),children:"−"}),l("button",{type:"button","aria-label":"Fit",title:"Everything (0)",onClick:()=>n.current?.fit(),children:"⤢"})]}),l(yo,{})]}),l("aside",{class:"mg-side","aria-label":"About the graph",children:[a&&l(Jn,{store:t,history:a}),l(Mn,{store:t}),l(Tn,{store:t}),l(Dn,{store:t}),l(Vn,{store:t})]})]}),l(jn,{store:t}),l(wo,{store:t}),l("dialog",{ref:o,class:"mg-help","aria-labelledby":"mg-help-title",children:[l("h2",{id:"mg-help-title",children:"Keys"}),l("dl",{children:Cn.map(([s,i])=>l("div",{children:[l("dt",{children:s}),l("dd",{children:i})]},s))}),l("button",{type:"button",onClick:()=>o.current?.close(),children:"Close"})]})]})}function bo({store:t,picture:e,onHelp:n}){let r=t.tree.groups.length>1,{theme:o}=t,a={auto:"dark",dark:"light",light:"auto"};return l("header",{class:"mg-header",children:[l("h1",{title:t.page.note,children:t.page.title}),t.page.note&&l("p",{class:"mg-note",children:t.page.note}),l("span",{class:"mg-grow"}),t.edited.value.length>0&&!t.page.history&&l("button",{type:"button",onClick:()=>t.setLeaves(t.edited.value.map(s=>[s,t.original[s]])),children:"Undo all edits"}),t.graph.roots.length>1&&l("label",{class:"mg-from",children:["Backward from"," ",l("select",{value:String(t.root.value),onChange:s=>t.setRoot(Number(s.currentTarget.value)),children:[...new Set([...t.graph.roots,t.root.value])].map(s=>l("option",{value:String(s),children:t.graph.name(s)},s))})]}),r&&l(A,{children:[l("button",{type:"button",onClick:()=>t.setAllOpen(!1),children:"Fold all"}),t.graph.size<=2e3&&l("button",{type:"button",onClick:()=>t.setAllOpen(!0),children:"Unfold all"})]}),l(_o,{store:t,picture:e}),l("button",{type:"button","aria-label":`Colours: ${o.value}`,title:`Colours: ${o.value} (d)`,onClick:()=>{o.value=a[o.value]},children:o.value==="auto"?"◐":o.value==="dark"?"☾":"☀"}),l("button",{type:"button","aria-label":"Keys",title:"Keys (?)",onClick:n,children:"?"})]})}function _o({store:t,picture:e}){let[n,r]=F(""),[o,a]=F(0),s=n.trim().toLowerCase(),i=s?t.graph.labels.flatMap((p,c)=>(p||t.graph.name(c)).toLowerCase().includes(s)&&(p||!t.graph.isLeaf(c))?[c]:[]):[];i.sort((p,c)=>+!t.graph.labels[p]-+!t.graph.labels[c]||p-c);let u=p=>{if(!i.length)return;let c=(p%i.length+i.length)%i.length;a(c),t.reveal(i[c]),requestAnimationFrame(()=>e.current?.show(`n${i[c]}`,!0))};return l("form",{class:"mg-search",role:"search",onSubmit:p=>{p.preventDefault(),u(o),a(o+1)},children:[l("input",{type:"search","aria-label":"Search by label",placeholder:"Search labels  ( / )",value:n,onInput:p=>{r(p.currentTarget.value),a(0)},onKeyDown:p=>{p.key==="Escape"&&(r(""),p.currentTarget.blur())}}),l("output",{class:"mg-found",children:s&&(i.length?`${i.length} found, Enter shows`:"none")})]})}function yo(){return l("ul",{class:"mg-legend","aria-label":"Colours",children:[l("li",{class:"mg-t-data",children:"data"}),l("li",{class:"mg-t-grad",children:"grad"}),l("li",{class:"mg-t-local",children:"local derivative"})]})}function wo({store:t}){let e=t.selectedNode.value,n=t.selected.value,r="";if(e>=0){let{grad:o,reached:a}=t.gradients.value,s=t.hidden(e)?"hidden":a[e]?o[e]:"blank";r=`${t.graph.name(e)}, data ${t.data.value[e]}, grad ${s}`}else n&&(r=t.tree.groups[Number(n.slice(1))].label);return l("p",{class:"mg-sr","aria-live":"polite",children:r})}function xo(t){let e=Math.abs(t);if(e<2.5){let r=t,o=t;for(let a=1;Math.abs(r)>1e-18*Math.abs(o);a++)r*=2*t*t/(2*a+1),o+=r;return 2/Math.sqrt(Math.PI)*Math.exp(-t*t)*o}if(!(e<6))return t!==t?t:Math.sign(t);let n=0;for(let r=60;r>0;r--)n=r/2/(e+n);return Math.sign(t)*(1-Math.exp(-t*t)/(Math.sqrt(Math.PI)*(e+n)))}function ko(t){let e=Math.exp(-Math.abs(t));return t<0?e/(1+e):1/(1+e)}function So(t,e){return t===1||e===0||t===-1&&!Number.isFinite(e)&&e===e?1:t**e}function Mo(t,e){let n=er(t,e);return Number.isFinite(n)?n+Math.log1p(Math.exp(-Math.abs(t-e))):n}var er=(t,e)=>t>=e||t!==t?t:e,Eo=(t,e)=>t<=e||t!==t?t:e,Co=Object.fromEntries(Object.getOwnPropertyNames(Math).map(t=>[t,Math[t]]).filter(([,t])=>typeof t=="function")),$t={...Co,fabs:Math.abs,pow:So,erf:xo,sigmoid:ko,softplus:t=>t!==t?t:(t>0?t:0)+Math.log1p(Math.exp(-Math.abs(t))),logaddexp:Mo,maximum:er,minimum:Eo,take:(t,...e)=>e[t]};var[$o,To,Tt,tr,Do,tt]=[0,1,2,3,4,5],No=8,Po=/^[\p{L}\p{N}_.#'^]+(\[[\p{L}\p{N}_, ]+\])*$/u,Ao=new Set(["lt","le","gt","ge"]),nr={"-":"⁻",0:"⁰",1:"¹",2:"²",3:"³"};[..."⁴⁵⁶⁷⁸⁹"].forEach((t,e)=>nr[String(e+4)]=t);function Dt(t){return Po.test(t)||rr(t)!==null?t:`(${t})`}function rr(t){let e=0,n=[...t];for(let r=0;r<n.length;r++)if(e+=+(n[r]==="(")-+(n[r]===")"),e<=0)return e===0&&r>0&&r===n.length-1?t.slice(1,-1):null;return null}function or(t){let e=rr(t);return e!==null?{text:e,level:$o}:{text:t,level:t.startsWith("-")?Tt:tt}}function ar(t,e){let n=(a,s)=>a.level>=s?a.text:`(${a.text})`;e.length>No&&e.splice(3,e.length-4,{text:"…",level:tt});let r=()=>e.map(a=>a.text).join(", ");switch(t.name){case"add":case"sum":return e.length===1?e[0].text:e.map((a,s)=>n(a,s?tr:Tt)).join(" + ");case"mul":case"prod":return e.map(a=>n(a,tr)).join(" · ");case"pow":return e.map(a=>n(a,tt)).join("^");case"powc":{let a=t.symbol.replace("**","").replace(/\.0$/,"");if(a==="-1")return`1 / ${n(e[0],Do)}`;let i=/^-?\d+$/.test(a)?[...a].map(u=>nr[u]).join(""):`^${a}`;return n(e[0],tt)+i}case"abs":return`|${e[0].text}|`;case"where":{let[a,s,i]=e.map(u=>n(u,To));return`${s} if ${a} else ${i}`}}if(!t.symbol)return`made by hand(${r()})`;let o=/^[\p{L}_][\p{L}\p{N}_]*$/u.test(t.symbol);return Ao.has(t.name)||t.name==="handmade"&&!o?e.map(a=>n(a,Tt)).join(` ${t.symbol} `):`${t.symbol}(${r()})`}var nt=class{constructor(e,n){this.source=e;this.size=e.op.length,this.parents=e.parents,this.roots=e.roots,this.labels=Array.from({length:this.size},(o,a)=>e.labels[a]??""),this.children=Array.from({length:this.size},()=>[]),this.parents.forEach((o,a)=>o.forEach(s=>this.children[s].push(a))),this.rules=e.op.map(o=>o<0?null:n[e.ops[o].key]??null),this.frozen=new Map(Object.entries(e.frozen).map(([o,a])=>[Number(o),a.map(Number)]));let r=e.op.flatMap((o,a)=>o<0?[a]:[]);if(this.constants=new Uint8Array(this.size),r.some(o=>this.labels[o]))for(let o of r)this.constants[o]=+!this.labels[o];this.nameAll(),this.held=new Map(Object.entries(e.grads).map(([o,a])=>[Number(o),Number(a)]))}source;size;parents;children;labels;roots;held;rules;frozen;names=[];constants;isLeaf(e){return this.source.op[e]<0}isConstant(e){return this.constants[e]===1}isHandmade(e){return!this.isLeaf(e)&&this.rules[e]===null}hasOwnBackward(e){return this.frozen.has(e)}op(e){return this.source.ops[this.source.op[e]]}sign(e){return this.isLeaf(e)?"":this.op(e).sign}heldBehind(e){let n=new Uint8Array(this.size);n[e]=1;for(let r=e+1;r<this.size;r++)if(this.parents[r].some(o=>n[o])){if(this.isHandmade(r))return r;n[r]=1}return-1}start(){let e=new Float64Array(this.size);for(let[n,r]of Object.entries(this.source.data))e[Number(n)]=Number(r);return this.forward(e)}forward(e){for(let n=0;n<this.size;n++){let r=this.rules[n];r&&(e[n]=r.value(this.arguments(n,e)))}return e}forwardThrough(e,n){for(let r of e){let o=this.rules[r];o&&(n[r]=o.value(this.arguments(r,n)))}}arguments(e,n){return this.parents[e].map(r=>n[r])}partials(e,n){let r=this.frozen.get(e);if(r)return r;let o=this.rules[e];return o?o.partials(this.arguments(e,n),n[e]):this.parents[e].map(()=>0)}name(e){return this.names[e]}nameAll(){let e=new Set(this.labels.filter(Boolean).map(Dt)),n=new Map;for(let r=0;r<this.size;r++){if(this.isConstant(r)){this.names.push(S(Number(this.source.data[r])));continue}let o=this.labels[r]&&Dt(this.labels[r]),a;do{let s=(n.get(o)??0)+1;n.set(o,s),a=o?s>1?`${o}#${s}`:o:`v${s}`}while(a!==o&&e.has(a));this.names.push(a)}}expression(e,n=r=>this.name(r)){let r=this.parents[e].map(o=>or(n(o)));return ar(this.op(e),r)}};function zo(t){let e=-1;return t.labels.forEach((n,r)=>{!n||!t.isLeaf(r)||(e<0||t.children[r].length>t.children[e].length)&&(e=r)}),e<0||t.size>40?null:`n${e}`}function Nt(t,e={}){for(let[n,r]of Object.entries(e))t[Number(n)]=Number(r);return Object.keys(e).map(Number)}function sr(t,e){let n=new nt(t.graph,e),r=new Ye(t.picture,n),o=n.start(),a=L(o.slice()),s=L(n.roots[n.roots.length-1]),i=L({assign:!1,twice:!1,naive:!1}),u=L(!1),p=L(1),c=L(zo(n)),d=L(new Set(r.groups.filter(x=>!x.foldedAtFirst).map(x=>x.id))),m=L(null),h=L(null),v=L({right:0,asked:0}),g=L("auto"),f=L(""),y=L(Math.max(0,(t.history?.steps.length??0)-1)),b=L(0),_=O(()=>new Ce(n,s.value,i.value)),w=O(()=>new je(n,a.value)),T=O(()=>_.value.at(b.value)),C=O(()=>_.value.phaseOf(b.value)),$=O(()=>_.value.computed(b.value)),G=O(()=>Object.values(i.value).some(Boolean)),{yours:Y,right:W}=t.graph,V=O(()=>Y!==void 0&&!G.value&&!At.value.length&&s.value===n.roots[n.roots.length-1]&&b.value===_.value.length),U=O(()=>{let x=_.value.play(b.value,w.value);return V.value&&Nt(x.grad,Y).forEach(M=>x.reached[M]=1),x}),I=O(()=>{let x=new Ce(n,s.value,{assign:!1,twice:!1,naive:!1}),M=x.play(x.length,w.value);return V.value&&(Nt(M.grad,Y),Nt(M.grad,W)),M}),ur=O(()=>{let x=new Set;if(V.value)return new Set(Object.keys(W??{}).map(Number));if(!G.value)return x;for(let M of _.value.order)_.value.isSettled(M,b.value)&&(Z(U.value.grad[M],I.value.grad[M])||x.add(M));return x}),cr=O(()=>C.value==="order"?_.value.ordering(b.value):null),Pt=O(()=>r.scene(d.value)),pr=O(()=>{let x=c.value;return x?.startsWith("n")?Number(x.slice(1)):-1}),At=O(()=>n.labels.map((x,M)=>M).filter(x=>n.isLeaf(x)&&!Object.is(a.value[x],o[x])));(t.history||Y)&&(b.value=_.value.length);let hr=x=>Rt(()=>{s.value=x}),zt=x=>{b.value=Math.min(_.value.length,Math.max(0,Math.round(x)))},Rt=x=>J(()=>{let M=_.value,N=M.phaseOf(b.value),oe=b.value>=M.length;x();let X=_.value;oe?b.value=X.length:N==="backward"?b.value=Math.min(X.length,b.value-M.ends.order+X.ends.order):b.value=Math.min(b.value,X.length)});return{page:t,graph:n,tree:r,original:o,data:a,root:s,setRoot:hr,bugs:i,step:b,playing:u,speed:p,selected:c,open:d,change:m,quiz:h,score:v,theme:g,told:f,snapshot:y,timeline:_,partials:w,current:T,phase:C,known:$,ordering:cr,gradients:U,right:I,broken:G,wrong:ur,scene:Pt,selectedNode:pr,edited:At,goTo:zt,keepingPlace:Rt,setLeaf:(x,M)=>{if(Object.is(a.value[x],M))return;let N=a.value,oe=I.value.grad[x],X=N.slice();X[x]=M,n.forward(X),a.value=X;let dr=X[s.value]-N[s.value];m.value={node:x,from:N[x],to:M,predicted:oe*(M-N[x]),actual:dr,held:n.heldBehind(x)}},setLeaves:x=>{let M=a.value.slice();for(let[N,oe]of x)M[N]=oe;a.value=n.forward(M),m.value=null},setOpen:(x,M)=>{let N=new Set(d.value);M?N.add(x.id):N.delete(x.id),d.value=N,!M&&c.value&&!Pt.value.boxes.has(c.value)&&(c.value=de(x))},setAllOpen:x=>{let M=x?r.groups:[r.root];d.value=new Set(M.map(N=>N.id))},reveal:x=>{let M=r.around(x);M.some(N=>!d.value.has(N.id))&&(d.value=new Set([...d.value,...M.map(N=>N.id)])),c.value=`n${x}`},hidden:x=>h.value?.node===x&&h.value.verdict!=="right"&&h.value.verdict!=="shown",goToPhase:(x,M=!1)=>{let{ends:N}=_.value,oe=x==="forward"?0:x==="order"?N.forward:N.order;zt(M?N[x]:oe+1)}}}var ir=`.mg-place {
  height: 100%;
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
  display: flex;
  gap: 16px;
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
  overflow-y: auto;
  padding: 12px;
  display: flex;
  flex-direction: column;
  gap: 12px;
  border-left: 1px solid var(--line);
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

/* training */
.mg-training figure {
  margin: 12px 0 0;
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
.mg-aside-note {
  display: block;
  font-size: 15px;
  color: var(--muted);
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

@media (max-width: 900px) {
  .mg-main {
    grid-template-columns: 1fr;
    grid-template-rows: minmax(0, 1fr) minmax(0, 42%);
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
  .mg-search {
    flex: 1;
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
@media (max-width: 600px) {
  .mg-header {
    gap: 5px;
    padding: 6px 8px;
  }
  .mg-root-element .mg-header button {
    padding: 4px 7px;
  }
  .mg-header .mg-grow {
    display: none;
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
    gap: 10px;
    padding: 3px 9px;
    font-size: 12.5px;
  }
  .mg-zoom {
    right: 8px;
    bottom: 8px;
    gap: 4px;
  }
}
@media (prefers-reduced-motion: no-preference) {
  .mg-box {
    transition: fill 0.15s;
  }
}
`;function lr(t,e,n){let r=document.createElement("style");r.textContent=ir;let o=document.createElement("div");o.className="mg-place",t.append(r,o);let a=sr(e,n($t));return ht(l(Zn,{store:a}),o),a}function Lo(){let t=document.getElementById("micrograd-data"),e=document.getElementById("micrograd-explorer");if(!t||!e||!window.micrograd?.rules)return;let n=JSON.parse(t.textContent??"");e.replaceChildren();let r=lr(e,n,window.micrograd.rules);wt(r,location.hash),vn(r),window.addEventListener("hashchange",()=>wt(r,location.hash)),Object.assign(window.micrograd,{library:$t,store:r})}function Oo(t,e,n){e.classList.add("mg-widget");let r=lr(e,JSON.parse(t.get("page")),n),o=!1,a=()=>{let i=Object.entries(t.get("leaves"));o=!0,r.setLeaves(i.map(([u,p])=>[Number(u),Number(p)])),o=!1};a(),t.on("change:leaves",a);let s=B(()=>{let i=r.data.value;if(o)return;let u=t.get("leaves"),p=Object.fromEntries(Object.keys(u).map(c=>{let d=i[Number(c)];return[c,Number.isFinite(d)?d:String(d)]}));Object.keys(p).every(c=>Object.is(Number(p[c]),Number(u[c])))||(t.set("leaves",p),t.save_changes())});return()=>{s(),t.off("change:leaves",a),ht(null,e.querySelector(".mg-place"))}}window.micrograd={...window.micrograd,renderWidget:Oo};Lo();
