var C,rn,gt,re,ht,Ge,on,Le,an,vt,ft,Kr,Me=Symbol.for("pv"),Ie={},Be=[],Yr=/^m(i|n|o|s|text|space)$/,bt=Array.isArray,yt=Be.slice,le=Object.assign;function ie(t){t&&t.parentNode&&t.remove()}function sn(t,e,n){var r,o,a,s={},i=arguments.length;for(a in e)a=="key"?r=e[a]:a=="ref"&&typeof t!="function"?o=e[a]:s[a]=e[a];return i>2&&(s.children=i>3?yt.call(arguments,2):n),Se(t,s,r,o,null)}function Se(t,e,n,r,o){var a={type:t,props:e,key:n,ref:r,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Me,__v:o||++rn,__i:-1,__u:0};return!o&&C.vnode&&C.vnode(a),a}function D(t){return t.children}function de(t,e){this.props=t,this.context=e,this.__g=0}function oe(t,e){if(e==null)return t.__&&oe(t.__,t.__i+1);for(var n;e<t.__k.length;e++)if((n=t.__k[e])&&n.__e)return n.__e;return typeof t.type!="function"||t.props.__P?null:oe(t)}function Qr(t){var e,n=t.__v,r=n.__e,o=[],a=[],s=t.__P;s&&((e=le({constructor:Me},n)).__v=n.__v+1,C.vnode&&C.vnode(e),_t(s,e,n,t.__n,s.namespaceURI,32&n.__u?[r]:null,o,r||oe(n),32&n.__u,a),e.__v=n.__v,e.__.__k[e.__i]=e,mn(o,e,a),n.__=n.__e=null,e.__e!=r&&ln(e))}function ln(t){if((t=t.__)&&t.__c&&!t.props.__P)return t.__e=null,t.__k.some(function(e){return e&&(t.__e=e.__e)}),ln(t)}function tn(t){(8&t.__g||(t.__g|=8,re.push(t),Ge++))&&ht==C.debounceRendering||((ht=C.debounceRendering)||queueMicrotask)(un)}function un(){try{for(var t,e=1;re.length;)re.length>e&&re.sort(on),t=re.shift(),e=re.length,8&t.__g&&Qr(t)}finally{(Ge=re.length)&&(ht||queueMicrotask)(un)}}function cn(t,e,n,r,o,a,s,i,u,c,p){var m,h,d,v,f,g,_=r.__k||Be,y=e.length;for(u=Xr(n,e,_,u,y),m=0;m<y;m++)(d=n.__k[m])!=null&&(h=~d.__i&&_[d.__i]||Ie,d.__i=m,g=_t(t,d,h,o,a,s,i,u,c,p),v=d.__e,(h.ref!=d.ref||8&h.__u)&&(h.ref&&wt(h.ref,null,d,h),d.ref&&p.push(d.ref,d.__c||v,d)),f=f||v,4&d.__u?(u=pn(d,u,t,!h.__v),h.__e&&(h.__e=null)):typeof d.type=="function"&&g!==void 0?u=g:v&&(u=v.nextSibling),d.__u&=-21);return n.__e=f,u}function Xr(t,e,n,r,o){var a,s,i,u,c,p,m,h,d,v=n.length,f=v,g=0,_=0,y=t.__k=Array(o);for(a=0;a<o;a++)(s=e[a])!=null&&typeof s!="boolean"&&typeof s!="function"?(typeof s!="object"||s.constructor===String?s=y[a]=Se(null,s):bt(s)?s=y[a]=Se(D,{children:s}):s.constructor===Me&&s.__b?s=y[a]=Se(s.type,s.props,s.key,s.ref,s.__v):y[a]=s,u=a+g,s.__=t,s.__b=t.__b+1,i=null,~(c=s.__i=Zr(s,n,u,f))&&(f--,(i=n[c])&&(i.__u|=2)),i&&i.__v?(s.__u|=16,c==u-1?g--:c==u+1?g++:c!=u&&(c>u?g--:g++,_=1)):(~c||(o>v?g--:o<v&&g++),typeof s.type!="function"&&(s.__u|=4))):y[a]=null;if(_){for(p=[],m=[],a=0;a<o;a++)if((s=y[a])&&16&s.__u){for(g=0,h=p.length;g<h;)p[d=g+h>>1]<s.__i?g=d+1:h=d;p[g]=s.__i,m[a]=g+1}for(g=p.length;a--;)m[a]&&(m[a]==g?g--:y[a].__u|=4)}if(f)for(a=0;a<v;a++)!(i=n[a])||2&i.__u||(i.__e==r&&(r=oe(i)),xt(i,i));return r}function pn(t,e,n,r){var o,a,s,i;if(typeof t.type=="function"){if(t.props.__P)return e;if(o=t.__k)for(a=0;a<o.length;a++)o[a]&&(o[a].__=t,e=pn(o[a],e,n,!1));return e}for(e&&!e.parentNode&&(e=oe(t))&&!e.parentNode&&(e=null),s=t.__e,i=e;i&&i.nodeType==8;)i=i.nextSibling;for(s!=i&&(!r&&n.moveBefore&&s.parentNode?n.moveBefore(s,e):n.insertBefore(s,e||null)),e=s;(e=e&&e.nextSibling)&&e.nodeType==8&&!e.data.startsWith("$s"););return e}function Zr(t,e,n,r){var o,a=t.key,s=t.type,i=e[n],u=i&&!(2&i.__u);if(i===null&&a==null||u&&a==i.key&&s==i.type)return n;if(r>(u?1:0)){for(o=n-1;o>=0;o--)if((i=e[o])&&!(2&i.__u)&&a==i.key&&s==i.type)return o;for(o=n+1;o<e.length;o++)if((i=e[o])&&!(2&i.__u)&&a==i.key&&s==i.type)return o}return-1}function nn(t,e,n){n==null&&(n=""),e[0]=="-"?t.setProperty(e,n):t[e]=n}function ze(t,e,n,r,o){var a,s;if(e=="style")if(typeof n=="string")t.style.cssText=n;else{if(typeof r=="string"&&(t.style.cssText=r=""),r)for(e in r)n&&e in n||nn(t.style,e);if(n)for(e in n)r&&n[e]==r[e]||nn(t.style,e,n[e])}else if(e[0]=="o"&&e[1]=="n")typeof n!="function"&&(n=null),typeof r!="function"&&(r=null),(t.__e||(t.__e={}))[e]=n,n&&r||(s=ft[e]||(ft[e]=Jr(e)),(t.__a||(t.__a={}))[e]=vt,a=e!=(e=e.replace(an,"$1")),(e=e.slice(2))[0]<"a"&&(e=e.toLowerCase()),n?t.addEventListener(e,s,a):t.removeEventListener(e,s,a));else{if(o=="http://www.w3.org/2000/svg")e=e.replace(/xlink(H|:h)/,"h").replace(/sName$/,"s");else if(e!="width"&&e!="height"&&e!="href"&&e!="list"&&e!="form"&&e!="tabIndex"&&e!="download"&&e!="rowSpan"&&e!="colSpan"&&e!="role"&&e!="popover"&&e in t)try{return void(t[e]=n??"")}catch{}if(typeof n=="function")return;n==null||n===!1&&e[4]!="-"?t.removeAttribute(e):t.setAttribute(e,e=="popover"&&n==1?"":n)}}function Jr(t){return function(e){var n=this.__e;if(n){if(n=n[t],e[Le]==null)e[Le]=vt++;else if(e[Le]<this.__a[t])return;return n(C.event?C.event(e):e)}}}function _t(t,e,n,r,o,a,s,i,u,c){var p,m,h,d,v,f,g,_,y,w,b,E,T,S,L,Y,j,q,V=e.type;if(e.constructor!==Me)return null;128&n.__u&&(u=32&n.__u,p=n.__c.__z)&&(e.__u|=u,m=a=[],p.nodeType==8?i=Oe(p,a):a.push(p),i=a[0]||i),(p=C.__b)&&p(e);e:if(typeof V=="function"){h=s.length;try{if(_=e.props,y=(p=V.prototype)&&p.render,w=(p=V.contextType)&&r[p.__c],b=p?w?w.props.value:p.__:r,(d=n.__c)?(e.__c=d,2&d.__g&&(d.__g|=1)):(y?e.__c=d=new V(_,b):(e.__c=d=new de(_,b),d.constructor=V,d.render=to),w&&w.sub(d),d.state||(d.state={}),d.__n=r,d.__g|=8,d.__h=[],d.__k=[]),y&&(d.__s||(d.__s=d.state),V.getDerivedStateFromProps&&(d.__s==d.state&&(d.__s=le({},d.__s)),le(d.__s,V.getDerivedStateFromProps(_,d.__s)))),v=d.props,f=d.state,d.__v=e,n.__c){if(_!==v&&y&&!V.getDerivedStateFromProps&&d.componentWillReceiveProps&&d.componentWillReceiveProps(_,b),e.__v==n.__v&&!(8&d.__g)||!(4&d.__g)&&d.shouldComponentUpdate&&d.shouldComponentUpdate(_,d.__s,b)===!1){e.__v!=n.__v&&(d.props=_,d.state=d.__s,d.__g&=-9),e.__e=n.__e,e.__k=n.__k,e.__k.some(function(U){U&&(U.__=e)}),Be.push.apply(d.__h,d.__k),d.__k=[],d.__h.length&&s.push(d),i=oe(n);break e}d.componentWillUpdate&&d.componentWillUpdate(_,d.__s,b),y&&d.componentDidUpdate&&d.__h.push(function(){d.componentDidUpdate(v,f,g)})}else y&&!V.getDerivedStateFromProps&&d.componentWillMount&&d.componentWillMount(),y&&d.componentDidMount&&d.__h.push(d.componentDidMount);d.context=b,d.props=_,d.__P=t,d.__g&=-5,E=C.__r,T=y?25:0;do d.__g&=-9,E&&E(e),p=d.render(d.props,d.state=d.__s,d.context);while(8&d.__g&&++T<25);y&&(Be.push.apply(d.__h,d.__k),d.__k=[]),d.state=d.__s,d.getChildContext&&(r=le({},r,d.getChildContext())),y&&n.__c&&d.getSnapshotBeforeUpdate&&(g=d.getSnapshotBeforeUpdate(v,f)),S=p&&p.type===D&&p.key==null?p.props.children:p,_.__P&&(p=i,o=(t=_.__P).namespaceURI,u=a=null,n.props&&n.props.__P!=t&&(n.__k.some(function(U){U&&xt(U,U)}),n.__k=null),i=n.__k?oe(n,0):null),i=cn(t,bt(S)?S:[S],e,n,r,o,a,s,i,u,c),_.__P&&(e.__e=null,i=p),e.__u&=-161,m&&m.some(ie),d.__h.length&&s.push(d),1&d.__g&&(d.__g&=-4)}catch(U){if(s.length=h,e.__v=null,u||a)if(U&&U.then){if(e.__u|=128|u,a){for(~(j=a.indexOf(i||void 0))||(j=a.length);(q=a[j-1])&&q.nodeType==8;)j--;for(;j<a.length;j++)if(q=a[j])if(a[j]=null,L){if(q==Y)break}else{if(q.nodeType!=8)break;q.data.startsWith("$s")&&(Y=Oe(L=q))}}if(!L){for(;i&&i.nodeType==8&&i.nextSibling;)i=i.nextSibling;L=i}(p=Oe(L=e.__c.__z||(e.__c.__z=L)))?(e.__e=L,i=p):e.__e=i,i=i&&i.nextSibling}else a&&a.some(ie);else e.__e=n.__e;e.__k||(e.__k=n.__k||[]),U&&U.then||dn(e),C.__e(U,e,n)}}else i=e.__e=eo(n.__e,e,n,r,o,a,s,u,c,t);return(p=C.diffed)&&p(e),i}function Oe(t,e){if(t&&t.nodeType==8&&t.data.startsWith("$s"))for(var n=1;t=t.nextSibling;){if(t.nodeType==8){if(t.data.startsWith("$s"))n++;else if(t.data.startsWith("/$s")&&!--n)return t}e&&e.push(t)}}function dn(t){t&&(t.__c&&(t.__c.__g|=4),t.__k&&t.__k.some(dn))}function mn(t,e,n){for(var r=0;r<n.length;)wt(n[r++],n[r++],n[r++]);C.__c&&C.__c(e,t),t.some(function(o){try{t=o.__h,o.__h=[],t.some(function(a){a.call(o)})}catch(a){C.__e(a,o.__v)}})}function eo(t,e,n,r,o,a,s,i,u,c){var p,m,h,d,v,f,g,_,y=n.props||Ie,w=e.props,b=e.type;if(b=="svg"?o="http://www.w3.org/2000/svg":b=="math"?o="http://www.w3.org/1998/Math/MathML":o||(o="http://www.w3.org/1999/xhtml"),a){for(p=0;p<a.length;p++)if((v=a[p])&&(b?v.localName==b:v.nodeType==3)){t=v,a[p]=null;break}}if(!t){if(_=c.ownerDocument||document,!b)return _.createTextNode(w);t=_.createElementNS(o,b,w.is?w:c),i&&(C.__m&&C.__m(e,a),i=!1),a=null}if(b){if(c=b=="template"&&t.content||t,a=b=="textarea"&&w.defaultValue!=null?null:a&&yt.call(c.childNodes),!i&&a)for(y={},p=0;p<t.attributes.length;p++)y[(v=t.attributes[p]).name]=v.value;for(p in y)v=y[p],p=="dangerouslySetInnerHTML"?h=v:p=="children"||p in w||p=="value"&&"defaultValue"in w||p=="checked"&&"defaultChecked"in w||ze(t,p,null,v,o);for(p in w)v=w[p],p=="children"?d=v:p=="dangerouslySetInnerHTML"?m=v:p=="value"?f=v:p=="checked"?g=v:i&&typeof v!="function"||y[p]===v||ze(t,p,v,y[p],o);m?(i||h&&(m.__html==h.__html||m.__html==t.innerHTML)||(t.innerHTML=m.__html),e.__k=[]):(h&&(t.textContent=""),(b=="foreignObject"||o=="http://www.w3.org/1998/Math/MathML"&&Yr.test(b))&&(o="http://www.w3.org/1999/xhtml"),cn(c,bt(d)?d:[d],e,n,r,o,a,s,a?a[0]:n.__k&&oe(n,0),i,u),a&&a.some(ie)),i&&b!="textarea"||(p="value",b=="progress"&&f==null?t.removeAttribute(p):f==null||f===t[p]&&(b!="progress"||f)||ze(t,p,f,y[p],o),p="checked",g!=null&&g!=t[p]&&ze(t,p,g,y[p],o))}else y===w||i&&t.data==w||(t.data=w);return t}function wt(t,e,n,r){try{typeof t=="function"?e?e.__x=t(e)||1:r&&(r=r.__c||r.__e)&&(e=r.__x)&&(r.__x=null,typeof e=="function"?e():t(null)):t.current=e}catch(o){C.__e(o,n)}}function xt(t,e,n){var r,o,a,s;if(C.unmount&&C.unmount(t),!(r=t.ref)||r.current&&r.current!=t.__e||wt(r,null,e,t),r=t.__c){if(r.componentWillUnmount)try{r.componentWillUnmount()}catch(i){C.__e(i,e)}r.__P=r.__n=null}if(r=t.__k)for(s=0;s<r.length;s++)r[s]&&xt(r[s],e,typeof t.type!="function"||n&&!t.props.__P);!n&&(r=t.__c)&&(r=r.__z)&&(o=Oe(r,a=[]))&&(r==t.__e&&a.some(ie),ie(o),ie(r)),n||ie(t.__e),t.__e=t.__c=t.__=null}function to(t,e,n){return this.constructor(t,n)}function kt(t,e){var n,r,o,a;C.__&&C.__(t,e),e.nodeType==9&&(e=e.documentElement),r=(n=t&&32&t.__u)?null:e.__k,e.__k=Se(D,{children:[t]}),o=[],a=[],_t(e,e.__k,r||Ie,Ie,e.namespaceURI,r?null:e.firstChild?yt.call(e.childNodes):null,o,r?r.__e:e.firstChild,n,a),mn(o,e.__k,a),e.__k.props.children=null}C={__e:function(t,e,n,r){for(var o,a,s;e=e.__;)if((o=e.__c)&&!(1&o.__g)){o.__g|=4;try{if((s=(a=o.constructor)&&a.getDerivedStateFromError)&&o.setState(a.getDerivedStateFromError(t)),o.componentDidCatch&&(o.componentDidCatch(t,r||{}),s=1),s&&8&o.__g)return void(o.__g|=2)}catch(i){t=i}}throw Ge=0,t}},rn=0,gt=function(t){return t!=null&&t.constructor===Me},de.prototype.setState=function(t,e){var n=this.__s;n&&n!=this.state||(n=this.__s=le({},this.state)),typeof t=="function"&&(t=t(le({},n),this.props)),t&&(le(n,t),this.__v&&(e&&this.__k.push(e),tn(this)))},de.prototype.forceUpdate=function(t){this.__v&&(this.__g|=4,t&&this.__h.push(t),tn(this))},de.prototype.render=D,re=[],Ge=0,on=function(t,e){return t.__v.__b-e.__v.__b},Le=Symbol(),an=/(PointerCapture)$|Capture$/i,vt=0,ft={},Kr=0;var me,O,St,hn,Mt=Object.is,Fe=0,kn=[],$t=[],R=C,fn=R.__b,gn=R.__r,vn=R.diffed,bn=R.__c,yn=R.unmount,_n=R.__;function He(t,e){R.__h&&R.__h(O,t,Fe||e),Fe=0;var n=O.__H||(O.__H={__:[],__h:[]});return t>=n.__.length&&n.__.push({}),n.__[t]}function I(t){return Fe=1,no(Sn,t)}function no(t,e,n){var r=He(me++,2);if(r.t=t,!r.__c&&(r.__=[n?n(e):Sn(void 0,e),function(a){var s=(r.__N||r.__)[0],i=r.t(s,a);Mt(s,i)||(r.__N=[i,r.__[1]],r.__c.setState({}))}],r.__c=O,!O.__f)){O.__f=!0;var o=O.shouldComponentUpdate;O.shouldComponentUpdate=function(a,s,i){var u=this.__H;if(!u)return!0;var c=!1,p=this.props!=a;if(u.__.some(function(h){h.__N&&(c=!0,Mt(h.__[0],h.__N[0])||(p=!0))}),o){var m=o.call(this,a,s,i);return c?m||p:m}return!c||p}}return r.__}function F(t,e){var n=He(me++,3);!R.__s&&Tt(n.__H,e)&&(n.__P=!0,n.__=t,n.u=e,O.__H.__h.push(n))}function Et(t,e){var n=He(me++,4);!R.__s&&Tt(n.__H,e)&&(n.__P=!1,n.__=t,n.u=e,O.__h.push(n))}function B(t){return Fe=5,Q(function(){return{current:t}},[])}function Q(t,e){var n=He(me++,7);return Tt(n.__H,e)&&(n.__=t(),n.__H=e),n.__}function ro(){var t;do{for(;t=$t.shift();)try{$e(t)}catch(n){R.__e(n,{__:(t=t.__P)&&t.__v})}for(;t=kn.shift();){var e=t.__H;if(t.__P&&e)try{e.__h.some($e),e.__h.some(Ct),e.__h=[]}catch(n){e.__h=[],R.__e(n,t.__v)}}}while($t.length)}R.__b=function(t){O=null,fn&&fn(t)},R.__=function(t,e){t&&e.__k&&e.__k.__m&&(t.__m=e.__k.__m),_n&&_n(t,e)},R.__r=function(t){gn&&gn(t),me=0;var e=(O=t.__c).__H;e&&(St==O?O.__h=[]:(e.__h.some($e),e.__h.some(Ct),me=0),e.__h=[],e.__.some(function(n){n.__N&&(n.__=n.__N),n.u=n.__N=void 0})),St=O},R.diffed=function(t){vn&&vn(t);var e=t.__c;e&&e.__H&&(e.__H.__h.length&&xn(kn.push(e)),e.__H.__.some(function(n){n.u&&(n.__H=n.u)})),St=O=null},R.__c=function(t,e){e.some(function(n){try{n.__h.some($e),n.__h=n.__h.filter(function(r){return!r.__||Ct(r)})}catch(r){n.__h=[function(){throw r}]}}),bn&&bn(t,e)},R.unmount=function(t){yn&&yn(t);var e,n,r=t.__c;r&&r.__H&&(r.__H.__.some(function(o){try{if(o.__P&&o.__c){if(n===void 0){for(n=t.__;n&&(!n.__c||!n.__c.__P);)n=n.__;n=n&&n.__c}o.__P=n,xn($t.push(o))}else $e(o)}catch(a){e=a}}),r.__H=void 0,e&&R.__e(e,r.__v))};var wn=typeof requestAnimationFrame=="function";function oo(t){var e,n=function(){clearTimeout(r),wn&&cancelAnimationFrame(e),setTimeout(t)},r=setTimeout(n,35);wn&&(e=requestAnimationFrame(n))}function xn(t){t!=1&&hn==R.requestAnimationFrame||((hn=R.requestAnimationFrame)||oo)(ro)}function $e(t){var e=O,n=t.__c;typeof n=="function"&&(t.__c=void 0,n()),O=e}function Ct(t){var e=O;t.__c=t.__(),O=e}function Tt(t,e){return!t||t.length!=e.length||e.some(function(n,r){return!Mt(n,t[r])})}function Sn(t,e){return typeof e=="function"?e(t):e}var ao=Symbol.for("preact-signals");function Ve(){if(te>1)te--;else{var t,e=!1;for((function(){var o=We;for(We=void 0;o!==void 0;){var a=o.S;if(a.v===o.v)for(var s=a.t;s!==void 0;s=s.x)s.i===o.i&&(s.i=a.i);o=o.o}})();Ee!==void 0;){var n=Ee;for(Ee=void 0,je++;n!==void 0;){var r=n.u;if(n.u=void 0,n.f&=-3,!(8&n.f)&&$n(n))try{n.c()}catch(o){e||(t=o,e=!0)}n=r}}if(je=0,te--,e)throw t}}function X(t){if(te>0)return t();Nt=++so,te++;try{return t()}finally{Ve()}}var Ce,P=void 0;function Te(t){var e=P,n=Ce;P=void 0,Ce=void 0;try{return t()}finally{P=e,Ce=n}}var Ee=void 0,te=0,je=0,so=0,Nt=0,We=void 0,Ue=0;function Mn(t){if(P!==void 0){var e=t.n;if(e===void 0||e.t!==P)return e={i:0,S:t,p:P.s,n:void 0,t:P,e:void 0,x:void 0,r:e},P.s!==void 0&&(P.s.n=e),P.s=e,t.n=e,32&P.f&&t.S(e),e;if(e.i===-1)return e.i=0,e.n!==void 0&&(e.n.p=e.p,e.p!==void 0&&(e.p.n=e.n),e.p=P.s,e.n=void 0,P.s.n=e,P.s=e),e}}function G(t,e){this.v=t,this.i=0,this.n=void 0,this.t=void 0,this.l=0,this.W=e?.watched,this.Z=e?.unwatched,this.name=e?.name}G.prototype.brand=ao;G.prototype.h=function(){return!0};G.prototype.S=function(t){var e=this,n=this.t;n!==t&&t.e===void 0&&(t.x=n,this.t=t,n!==void 0?n.e=t:Te(function(){var r;(r=e.W)==null||r.call(e)}))};G.prototype.U=function(t){var e=this;if(this.t!==void 0){var n=t.e,r=t.x;n!==void 0&&(n.x=r,t.e=void 0),r!==void 0&&(r.e=n,t.x=void 0),t===this.t&&(this.t=r,r===void 0&&Te(function(){var o;(o=e.Z)==null||o.call(e)}))}};G.prototype.subscribe=function(t){var e=this;return W(function(){var n=e.value;Te(function(){return t(n)})},{name:"sub"})};G.prototype.valueOf=function(){return this.value};G.prototype.toString=function(){return this.value+""};G.prototype.toJSON=function(){return this.value};G.prototype.peek=function(){var t=this;return Te(function(){return t.value})};Object.defineProperty(G.prototype,"value",{get:function(){var t=Mn(this);return t!==void 0&&(t.i=this.i),this.v},set:function(t){if(t!==this.v){if(je>100)throw new Error("Cycle detected");(function(n){te!==0&&je===0&&n.l!==Nt&&(n.l=Nt,We={S:n,v:n.v,i:n.i,o:We})})(this),this.v=t,this.i++,Ue++,te++;try{for(var e=this.t;e!==void 0;e=e.x)e.t.N()}finally{Ve()}}}});function A(t,e){return new G(t,e)}function $n(t){for(var e=t.s;e!==void 0;e=e.n)if(e.S.i!==e.i||!e.S.h()||e.S.i!==e.i)return!0;return!1}function Cn(t){for(var e=t.s;e!==void 0;e=e.n){var n=e.S.n;if(n!==void 0&&(e.r=n),e.S.n=e,e.i=-1,e.n===void 0){t.s=e;break}}}function En(t){for(var e=t.s,n=void 0;e!==void 0;){var r=e.p;e.i===-1?(e.S.U(e),r!==void 0&&(r.n=e.n),e.n!==void 0&&(e.n.p=r)):n=e,e.S.n=e.r,e.r!==void 0&&(e.r=void 0),e=r}t.s=n}function ue(t,e){G.call(this,void 0,e),this.x=t,this.s=void 0,this.g=Ue-1,this.f=4}ue.prototype=new G;ue.prototype.h=function(){if(this.f&=-3,1&this.f)return!1;if((36&this.f)==32||(this.f&=-5,this.g===Ue))return!0;if(this.g=Ue,this.f|=1,this.i>0&&!$n(this))return this.f&=-2,!0;var t=P;try{Cn(this),P=this;var e=this.x();(16&this.f||this.v!==e||this.i===0)&&(this.v=e,this.f&=-17,this.i++)}catch(n){this.v=n,this.f|=16,this.i++}return P=t,En(this),this.f&=-2,!0};ue.prototype.S=function(t){if(this.t===void 0){this.f|=36;for(var e=this.s;e!==void 0;e=e.n)e.S.S(e)}G.prototype.S.call(this,t)};ue.prototype.U=function(t){if(this.t!==void 0&&(G.prototype.U.call(this,t),this.t===void 0)){this.f&=-33;for(var e=this.s;e!==void 0;e=e.n)e.S.U(e)}};ue.prototype.N=function(){if(!(2&this.f)){this.f|=6;for(var t=this.t;t!==void 0;t=t.x)t.t.N()}};Object.defineProperty(ue.prototype,"value",{get:function(){if(1&this.f)throw new Error("Cycle detected");var t=Mn(this);if(this.h(),t!==void 0&&(t.i=this.i),16&this.f)throw this.v;return this.v}});function z(t,e){return new ue(t,e)}function Tn(t){var e=t.j;if(t.j=void 0,typeof e=="function"){te++;var n=P;P=void 0;try{e()}catch(r){throw t.f&=-2,t.f|=8,Pt(t),r}finally{P=n,Ve()}}}function Pt(t){for(var e=t.s;e!==void 0;e=e.n)e.S.U(e);t.x=void 0,t.s=void 0,Tn(t)}function io(t){if(P!==this)throw new Error("Out-of-order effect");En(this),P=t,this.f&=-2;try{8&this.f&&Pt(this)}finally{Ve()}}function he(t,e){this.x=t,this.j=void 0,this.s=void 0,this.u=void 0,this.f=32,this.name=e?.name,Ce&&Ce.push(this)}he.prototype.c=function(){var t=this.S();try{if(8&this.f||this.x===void 0)return;var e=this.x();typeof e=="function"&&(this.j=e)}finally{t()}};he.prototype.S=function(){if(1&this.f)throw new Error("Cycle detected");this.f|=1,this.f&=-9,Tn(this),Cn(this),te++;var t=P;return P=this,io.bind(this,t)};he.prototype.N=function(){2&this.f||(this.f|=2,this.u=Ee,Ee=this)};he.prototype.d=function(){this.f|=8,1&this.f||Pt(this)};he.prototype.dispose=function(){this.d()};function W(t,e){var n=new he(t,e);try{n.c()}catch(o){throw n.d(),o}var r=n.d.bind(n);return r[Symbol.dispose]=r,r}var At,Pe,qe,lo=typeof window<"u"&&!!window.__PREACT_SIGNALS_DEVTOOLS__,Nn=[],Pn=[];W(function(){At=this.N})();function fe(t,e){C[t]=e.bind(null,C[t]||function(){})}function Ne(t){if(qe){var e=qe;qe=void 0,e()}qe=t&&t.S()}function An(t){var e=this,n=t.data,r=co(n);r.name="ReactiveDom",r.value=n;var o=Q(function(){for(var i=e,u=e.__v;u=u.__;)if(u.__c){u.__c.__$f|=4;break}var c=z(function(){var d=r.value.value;return d===0?0:d===!0?"":d||""}),p=z(function(){return!Array.isArray(c.value)&&!gt(c.value)}),m=W(function(){if(this.N=Dn,p.value){var d=c.value;i.__v&&i.__v.__e&&i.__v.__e.nodeType===3&&(i.__v.__e.data=d)}}),h=e.__$u.d;return e.__$u.d=function(){m(),h.call(this)},[p,c]},[]),a=o[0],s=o[1];return a.value?s.peek():s.value}An.displayName="ReactiveTextNode";Object.defineProperties(G.prototype,{constructor:{configurable:!0,value:sn(D,null).constructor},type:{configurable:!0,value:An},props:{configurable:!0,get:function(){var t=this;return{data:{get value(){return t.value}}}}},__b:{configurable:!0,value:1}});fe("__b",function(t,e){if(Ne(),Pe=void 0,typeof e.type=="string"){var n,r=e.props;for(var o in r)if(o!=="children"){var a=r[o];a instanceof G&&(n||(e.__np=n={}),n[o]=a,r[o]=a.peek())}}t(e)});fe("__r",function(t,e){if(t(e),e.type!==D){Ne();var n,r=e.__c;r&&(r.__$f&=-2,(n=r.__$u)===void 0&&(r.__$u=n=(function(o,a){var s;return W(function(){s=this},{name:a}),s.c=o,s})((function(o){return function(){var a;lo&&((a=this.y)==null||a.call(this)),o.__$f|=1,o.setState({})}})(r),typeof e.type=="function"?e.type.displayName||e.type.name:""))),Pe=r,Ne(n)}});fe("__e",function(t,e,n,r){Ne(),Pe=void 0,t(e,n,r)});fe("diffed",function(t,e){Ne(),Pe=void 0;var n;if(typeof e.type=="string"&&(n=e.__e)){var r=e.__np,o=e.props,a=n.U;if(a)for(var s in a){var i=a[s];i===void 0||r&&s in r||(i.d(),a[s]=void 0)}if(r){a||(a={},n.U=a);for(var u in r){var c=a[u],p=r[u];c===void 0?(c=uo(n,u,p,o),a[u]=c):c.o(p,o)}}}t(e)});function uo(t,e,n,r){var o=e in t&&t.ownerSVGElement===void 0,a=A(n);return{o:function(s,i){a.value=s,r=i},d:W(function(){this.N=Dn;var s=a.value.value;r[e]!==s&&(r[e]=s,o?t[e]=s:s!=null&&(s!==!1||e[4]==="-")?t.setAttribute(e,s):t.removeAttribute(e))})}}fe("unmount",function(t,e){if(typeof e.type=="string"){var n=e.__e;if(n){var r=n.U;if(r){n.U=void 0;for(var o in r){var a=r[o];a&&a.d()}}}var s=e.__np;if(s){var i=e.props;for(var u in s)i[u]=s[u]}e.__np=void 0}else{var c=e.__c;if(c){c.__$f|=8;var p=c.__$u;p&&(c.__$u=void 0,p.d())}}t(e)});fe("__h",function(t,e,n,r){r<3&&(e.__$f|=2),t(e,n,r)});de.prototype.shouldComponentUpdate=function(t,e){if(this.__R)return!0;var n=this.__$u,r=n&&n.s!==void 0;for(var o in e)return!0;if(this.__f||typeof this.u=="boolean"&&this.u===!0){var a=2&this.__$f;if(!(r||a||4&this.__$f)||1&this.__$f)return!0}else if(!(r||4&this.__$f)||3&this.__$f)return!0;for(var s in t)if(s!=="__source"&&t[s]!==this.props[s])return!0;for(var i in this.props)if(!(i in t))return!0;return!1};function co(t,e){return Q(function(){return A(t,e)},[])}var po=typeof requestAnimationFrame>"u"?setTimeout:function(t){var e=function(){clearTimeout(n),cancelAnimationFrame(r),t()},n=setTimeout(e,35),r=requestAnimationFrame(e)},mo=function(t){queueMicrotask(function(){queueMicrotask(t)})};function ho(){X(function(){for(var t;t=Nn.shift();)At.call(t)})}function fo(){Nn.push(this)===1&&(C.requestAnimationFrame||po)(ho)}function go(){X(function(){for(var t;t=Pn.shift();)At.call(t)})}function Dn(){Pn.push(this)===1&&(C.requestAnimationFrame||mo)(go)}function Rn(t,e){var n=B(t);n.current=t;var r=Pe;F(function(){return W(function(){if(this.N=fo,!(r&&8&r.__$f))return n.current()},e)},[])}var vo=12;function Dt(t,e){let n=new URLSearchParams(e.replace(/^#/,"")),r=p=>{let m=n.get(p);return m!==null&&/^\d+$/.test(m)?Number(m):null},o=r("from");o!==null&&o<t.graph.size&&(t.root.value=o);for(let p of n.getAll("set")){let[m,h]=p.split(":").map(Number);t.graph.isLeaf(m)&&h===h&&t.setLeaves([[m,h]])}let a={...t.bugs.value};for(let p of(n.get("break")??"").split(","))p in a&&(a[p]=!0);t.bugs.value=a;let s=r("value");s!==null&&s<t.graph.size&&t.reveal(s);let i=r("step");i!==null&&t.goTo(i);let u=r("training");u!==null&&t.page.history&&u<t.page.history.steps.length&&(t.snapshot.value=u);let c=n.get("theme");(c==="dark"||c==="light")&&(t.theme.value=c)}function zn(t){let e,n=W(()=>{let r=new URLSearchParams;t.step.value&&r.set("step",String(t.step.value)),t.root.value!==t.graph.roots[t.graph.roots.length-1]&&r.set("from",String(t.root.value)),t.selectedNode.value>=0&&r.set("value",String(t.selectedNode.value));let o=Object.entries(t.bugs.value).filter(([,a])=>a).map(([a])=>a);if(o.length&&r.set("break",o.join(",")),t.page.history)r.set("training",String(t.snapshot.value));else if(t.edited.value.length<=vo)for(let a of t.edited.value)r.append("set",`${a}:${t.data.value[a]}`);t.theme.value!=="auto"&&r.set("theme",t.theme.value),clearTimeout(e),e=setTimeout(()=>bo(r.toString()),200)});return()=>{clearTimeout(e),n()}}function bo(t){try{history.replaceState(null,"",t?`#${t}`:location.pathname+location.search)}catch{}}var yo=/(#.*$)|([fr]?"(?:\\.|[^"\\])*"|[fr]?'(?:\\.|[^'\\])*')|(\.?\b[A-Za-z_]\w*(?:\.(?:data|grad)\b)?)/g,Rt=new Set("and as assert class def del elif else except False finally for from global if import in is lambda None nonlocal not or pass raise return True try while with yield self".split(" "));function Ln(t){return Gn(t,e=>{if(Rt.has(e))return{text:e,kind:"keyword"};let[n,r]=e.split(/(?=\.(?:data|grad)$)/);return Rt.has(n)&&r?{text:e,kind:""}:null})}function On(t,e,n){let[r,o]=xo(t),a=!1,s=(u,c)=>{if(u.startsWith("."))return null;let[p,m]=u.split("."),h=e.get(p);if(!h)return null;let v=c<r&&o!==""?_o(h,m,n):wo(h,m,n);return a||=v!==null,v},i=Gn(t.trim(),s);return a?i:null}function _o(t,e,n){if(!("node"in t))return null;let r=n.name(t.node);return{text:e?`${r}.${e}`:r,kind:"name"}}function wo(t,e,n){return"node"in t?e==="data"?{text:n.data(t.node),kind:"data"}:e==="grad"?{text:n.grad(t.node),kind:"grad"}:{text:n.name(t.node),kind:"name"}:e?null:"data"in t?{text:n.data(t.data),kind:"data"}:"number"in t?{text:n.plain(Number(t.number)),kind:"data"}:null}function xo(t){let e=/^\s*[\w., ]+?\s*([-+*/]?=)(?!=)/.exec(t.trim());return e?[e[0].length,e[1]]:[0,""]}function Gn(t,e){let n=[],r=0;for(let o of t.matchAll(yo)){let a=o[1]?{text:o[1],kind:"comment"}:o[2]?{text:o[2],kind:"string"}:ko(t,o)||So(t,o)?null:e(o[0],o.index);a&&(o.index>r&&n.push({text:t.slice(r,o.index),kind:""}),n.push(a),r=o.index+o[0].length)}return r<t.length&&n.push({text:t.slice(r),kind:""}),n}var ko=(t,e)=>t[e.index+e[0].length]==="("&&!Rt.has(e[0]),So=(t,e)=>/^=[^=]/.test(t.slice(e.index+e[0].length))&&/[(,]\s*$/.test(t.slice(0,e.index));function k(t,e=5){if(!Number.isFinite(t))return t!==t?"nan":t>0?"inf":"-inf";if(t===0)return"0.0";let n=Math.abs(t);if(n>=1e6||n<1e-4){let[o,a]=t.toExponential(e-2).split("e");return`${In(o)}e${a.replace("+","")}`}let r=Math.max(e-1-Math.floor(Math.log10(n)),0);return In(t.toFixed(r))+(Number.isInteger(t)?".0":"")}var In=t=>t.includes(".")?t.replace(/\.?0+$/,""):t;function Bn(t){if(!Number.isFinite(t))return k(t);let e=Math.abs(t);return e>=.01&&e<1e4?String(Number(t.toPrecision(3))):t.toExponential(1).replace("e+","e")}var Ke=t=>t<0?k(t):`+${k(t)}`;function ge(t,e){let n=[...t];return n.length<=e?t:/^[\p{L}\w]+(\.[\p{L}\w]+)+$/u.test(t)?`…${n.slice(1-e).join("")}`:`${n.slice(0,e-1).join("")}…`}function K(t,e){return Object.is(t,e)||t===e||Math.abs(t-e)<=1e-9*Math.max(Math.abs(t),Math.abs(e))}var ve=t=>t.trim()?`“${t.trim()}” is not a number: type a number, like 2.5`:"Type a number, like 2.5";function Z(t){let e=t.trim().replace(",",".").replace("−","-");if(/^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(e))return Number(e);let n=/^([+-]?\d+)\s*\/\s*(\d+)$/.exec(e);return n&&Number(n[2])?Number(n[1])/Number(n[2]):null}var Mo=Symbol.for("pv"),$o=0;function l(t,e,n,r,o,a){e||(e={});var s,i,u=e;if("ref"in u&&typeof t!="function")for(i in u={},e)i=="ref"?s=e[i]:u[i]=e[i];var c={type:t,props:u,key:n,ref:s,__k:null,__:null,__b:0,__e:null,__c:null,constructor:Mo,__v:--$o,__i:-1,__u:0};return(o||a)&&(c.__source=o,c.__self=a),C.vnode&&C.vnode(c),c}var ce=({x:t})=>l("b",{class:"mg-t-data",children:k(t)}),H=({children:t})=>l("b",{class:"mg-t-grad",children:t}),Hn=({x:t})=>l("b",{class:"mg-t-local",children:k(t)}),Fn=t=>k(t).startsWith("-")?`(${k(t)})`:k(t);function jn({store:t}){let{graph:e}=t,n=t.current.value,r=t.data.value,o=g=>e.name(g);if(n.phase==="start")return l("p",{children:["The leaves hold their numbers. Step forward to compute what follows from them.",l("span",{class:"mg-aside-note",children:"→ one step, space plays, ? lists all keys."})]});if(n.phase==="forward"){let{node:g}=n;return e.isHandmade(g)?l("p",{children:[l("b",{children:o(g)})," was made by hand and holds ",l(ce,{x:r[g]}),"; only its maker can compute it anew."]}):l("p",{children:[l("b",{children:o(g)})," = ",e.expression(g)," ="," ",l("span",{class:"mg-t-data",children:e.expression(g,_=>k(r[_]))})," ="," ",l(ce,{x:r[g]})]})}if(n.phase==="order"){let{node:g}=n,_=t.timeline.value.listed(t.step.value);if(n.act==="visit")return e.isLeaf(g)?l("p",{children:["Visit ",l("b",{children:o(g)}),": a leaf, it has no parents."]}):l("p",{children:["Visit ",l("b",{children:o(g)}),": its parents have to come first."]});if(n.act==="again")return l("p",{children:["Visit ",l("b",{children:o(g)}),": it was visited before, go on."]});let y=_.slice(-7).map(o);return l("p",{children:["Append ",l("b",{children:o(g)}),": all it depends on is in the list."," ",l("span",{class:"mg-list",children:["[",_.length>7&&"…, ",y.slice(0,-1).map(w=>`${w}, `),l("b",{children:y[y.length-1]}),"]"]})]})}let{grad:a}=t.gradients.value,s=n.run>1?`Backward, run ${n.run}: `:"",i=e.name(n.node),u=n.act==="add"?e.name(n.parent):i;if(n.act==="seed"){let g=e.isLeaf(n.node)&&n.run>1;return l("p",{children:[s,l("b",{children:[i,".grad"]})," ",g?"+=":"="," ∂",i,"/∂",i," = ",l(H,{children:"1.0"}),l("span",{class:"mg-aside-note",children:"A value changes as fast as itself. Now back to front, each value passes its gradient to its parents."})]})}let c=t.partials.value.of(n.node)[n.slot],p=a[n.node],m=t.timeline.value.ledger(t.step.value,n.parent,t.partials.value),h=m[m.length-1],d=m.length>1&&m[m.length-2].lost?m[m.length-2]:null,v=t.hidden(n.parent),f=v?"?":k(a[n.parent]);return l("p",{children:[s,l("b",{children:[u,".grad"]})," ",l("span",{class:d?"mg-t-wrong":"",children:t.bugs.value.assign?"=":"+="})," ",l("span",{class:"mg-t-local",children:["∂",i,"/∂",u]})," ","· ",l("span",{class:"mg-t-grad",children:[i,".grad"]})," = ",l("b",{class:"mg-t-local",children:Fn(c)})," ·"," ",l(H,{children:Fn(h?.upstream??p)})," ="," ",l(H,{children:v?"?":k(h?.amount??c*p)}),l("span",{class:"mg-aside-note",children:d&&!v?l("span",{class:"mg-t-wrong",children:["overwrites ",k(d.amount),", which is lost"]}):l(D,{children:[u,".grad is now ",l(H,{children:f})]})})]})}var Wn=150,Co=12,Eo=[["step","one step at a time"],["line","one line at a time"],["all","every line, also of __init__ and of comprehensions"]];function Vn({store:t,code:e}){let n=t.moment.value,r=e.stack(n),o=r[r.length-1],a=o?.fn.file??0,s=o?e.names(o.frame,n):new Map;return l("section",{class:"mg-card mg-codepane",id:"mg-code",children:[l("div",{class:"mg-title-row",children:[l("h2",{children:e.data.files[a]?.name}),l("label",{class:"mg-muted",children:[l("span",{class:"mg-sr",children:"How far one step goes"}),l("select",{value:t.grain.value,onChange:i=>{t.grain.value=i.currentTarget.value},children:Eo.map(([i,u])=>l("option",{value:i,children:u},i))})]})]}),l(To,{store:t}),l(No,{code:e,stack:r,store:t}),l(Po,{store:t,code:e,file:a,stack:r,held:s}),o&&l(Ao,{store:t,code:e,held:s,captured:o.fn.captured,moment:n})]})}function To({store:t}){let{naive:e,twice:n,assign:r}=t.bugs.value,o=t.code?.told,a="";return e?a="With plain recursion nothing of this order is left: no line belongs to it.":r?a="The mistake that is switched on: read every += on .grad as =.":n?a="The mistake that is switched on: these lines run twice.":o&&o.root>=0&&o.root!==t.root.value&&(a=`These lines ran from ${t.graph.name(o.root)}: choose it again to follow them.`),a?l("p",{class:"mg-t-wrong mg-remark",children:a}):null}function No({code:t,stack:e,store:n}){let r=B(null);if(Et(()=>{r.current&&(r.current.scrollTop=r.current.scrollHeight)}),!e.length)return l("p",{class:"mg-muted mg-remark",children:"No line has run yet."});let o=Math.max(0,e.length-8);return l("ol",{ref:r,class:"mg-calls","aria-label":"Calls, from the outside in",tabIndex:0,children:[o>0&&l("li",{class:"mg-muted",children:["… ",o," calls around these"]}),e.slice(o).map(({frame:a,fn:s,line:i},u)=>{let c=t.names(a,n.moment.value),p=(s.arguments.length?s.arguments:s.captured).map(h=>[h,c.get(h)]).filter(([,h])=>h&&"node"in h),m=u===e.length-o-1;return l("li",{style:{"--deep":u},"aria-current":m?"step":void 0,children:[l("b",{children:s.name==="<module>"?t.data.files[s.file].name:s.name})," ",p.slice(0,3).map(([h,d])=>d&&"node"in d&&l("span",{class:"mg-call-argument",children:[h," = ",n.graph.name(d.node)," "]},h)),!m&&l("code",{children:t.line(s.file,i).trim()})]},a)})]})}var Un=t=>t.map((e,n)=>e.kind?l("span",{class:`mg-c-${e.kind}`,children:e.text},n):e.text);function Po({store:t,code:e,file:n,stack:r,held:o}){let a=B(null),s=Q(()=>(e.data.files[n]?.text.replace(/\s+$/,"")??"").split(`
`).map(g=>({line:g,spans:Un(Ln(g))})),[n]),i=r[r.length-1]?.line??0,u=new Set(r.slice(0,-1).flatMap(f=>f.fn.file===n?[f.line]:[]));Et(()=>{let f=a.current,g=f?.querySelector(".mg-line-now");f&&g&&(f.scrollTop=g.offsetTop-f.clientHeight*.4)},[t.moment.value,n]);let c=Math.max(0,i-Wn),{graph:p}=t,m=t.known.value,{grad:h}=t.gradients.value,d={name:f=>p.name(f),data:f=>m[f]?k(t.data.value[f]):"?",grad:f=>t.hidden(f)?"?":k(h[f]),plain:f=>k(f)},v=i?On(s[i-1]?.line??"",o,d):null;return l("div",{class:"mg-source",ref:a,tabIndex:0,role:"region","aria-label":"Source",children:s.slice(c,i+Wn).map(({line:f,spans:g},_)=>{let y=c+_+1,w=y===i,b=w?"mg-line-now":u.has(y)?"mg-line-waiting":"";return l("div",{class:`mg-code-line ${b}`,"aria-current":w?"step":void 0,children:[l("span",{class:"mg-line-number",children:y}),l("code",{children:[g,w&&v&&l("span",{class:"mg-filled",children:[" ".repeat(f.length-f.trimStart().length),Un(v)]})]})]},y)})})}function Ao({store:t,code:e,held:n,captured:r,moment:o}){let a=e.changed(o);return l("table",{class:"mg-names",children:[l("caption",{class:"mg-sr",children:"What every name holds"}),l("tbody",{children:[...n].map(([s,i])=>l("tr",{class:a.has(s)?"mg-changed":"",children:[l("th",{scope:"row",children:[s==="return"?"returns":s,r.includes(s)&&l("span",{class:"mg-kind",children:" captured"})]}),l("td",{children:l(qn,{store:t,code:e,thing:i,deep:0})})]},s))})]})}function qn({store:t,code:e,thing:n,deep:r}){let o=i=>l(qn,{store:t,code:e,thing:i,deep:r+1});if("node"in n){let{node:i}=n,u=l("button",{type:"button",class:"mg-link",onClick:()=>t.reveal(i),children:t.graph.name(i)});if(r)return u;let{grad:c,reached:p}=t.gradients.value;return l(D,{children:[u," ",t.known.value[i]===1&&!t.graph.isConstant(i)&&l("span",{class:"mg-pair",children:[l("small",{children:"data"})," ",l(ce,{x:t.data.value[i]})," "]}),p[i]===1&&!t.graph.isConstant(i)&&l("span",{class:"mg-pair",children:[l("small",{children:"grad"})," ",l(H,{children:t.hidden(i)?"?":k(c[i])})]})]})}if("data"in n)return l(ce,{x:t.data.value[n.data]});if("number"in n){let i=t.edited.value.length>0;return l("span",{class:i?"mg-muted":"",title:i?"as it was recorded":void 0,children:k(Number(n.number))})}if("text"in n)return l("span",{children:n.text});if("around"in n){let i=n.items.slice(-Co),u=n.more+n.items.length-i.length;return l("span",{children:[n.around[0],u>0&&`… ${u} more, `,i.map((c,p)=>l("span",{children:[p>0&&", ",o(e.data.things[c])]},p)),n.around[1]]})}let a=[];for(let i=0;i<n.fields.length;i+=2)a.push([e.data.names[n.fields[i]],e.data.things[n.fields[i+1]]]);let s="closure"in n;return s&&!a.length?l("span",{children:"a function"}):!s&&r>1?l("span",{children:n.object}):l("span",{children:[s?r?"a function with ":"a function that captured ":`${n.object}(`,a.map(([i,u],c)=>l("span",{children:[c>0&&", ",i," = ",o(u)]},i)),!s&&")"]})}function Kn({store:t,node:e}){let n=t.data.value[e],[r,o]=I(null),a=r!==null&&Z(r)===null,s=u=>{o(u);let c=Z(u);c!==null&&t.setLeaf(e,c)},i=u=>{o(null),t.setLeaf(e,Math.round((n+u)*1e6)/1e6)};return l("div",{class:"mg-leaf",children:[l("label",{children:["data"," ",l("input",{class:"mg-leaf-input",inputMode:"decimal",value:r??k(n,12),"aria-invalid":a,"aria-describedby":"mg-leaf-hint mg-leaf-refusal",onInput:u=>s(u.currentTarget.value),onBlur:()=>{a||o(null)},onKeyDown:u=>{u.key==="ArrowUp"||u.key==="ArrowDown"?(u.preventDefault(),i(u.key==="ArrowUp"?.1:-.1)):(u.key==="Escape"||u.key==="Enter"&&!a)&&(o(null),u.currentTarget.blur())}})]}),l("button",{type:"button","aria-label":"0.1 less",onClick:()=>i(-.1),children:"−0.1"}),l("button",{type:"button","aria-label":"0.1 more",onClick:()=>i(.1),children:"+0.1"}),!Object.is(n,t.original[e])&&l("button",{type:"button",onClick:()=>{o(null),t.setLeaf(e,t.original[e])},children:"Undo"}),l("p",{id:"mg-leaf-hint",class:"mg-sr",children:"Type a number; arrow up and down change it by 0.1, Escape takes back what is typed."}),l("p",{id:"mg-leaf-refusal",class:"mg-t-wrong",role:"status",children:a&&ve(r)})]})}function Yn({store:t}){let e=t.change.value;if(!e||e.node!==t.selectedNode.value)return null;let n=e.to-e.from,r=e.actual-e.predicted,o=t.graph.name(t.root.value),a=t.hidden(e.node);return e.held>=0?l("p",{class:"mg-change mg-muted",role:"status",children:[t.graph.name(e.held)," depends on this, and was made by hand: only Python can compute it anew, so it stays as it was."]}):l("div",{class:"mg-change",role:"status",children:[l("p",{children:[t.graph.name(e.node)," changed by ",Ke(n)]}),a?l("p",{class:"mg-muted",children:"The prediction would give the answer away."}):l("table",{children:l("tbody",{children:[l("tr",{children:[l("th",{scope:"row",children:"predicted, grad · Δ"}),l("td",{children:l(H,{children:Ke(e.predicted)})})]}),l("tr",{children:[l("th",{scope:"row",children:["actual change of ",o]}),l("td",{children:l("b",{class:"mg-t-data",children:Ke(e.actual)})})]})]})}),!a&&l("p",{class:"mg-muted",children:K(e.predicted,e.actual)||Math.abs(r)<1e-12*Math.abs(e.to)?"Exactly as predicted: along this value it is a straight line.":`Off by ${k(r,3)}: the slope changes on the way. A smaller step comes closer.`})]})}function Qn({store:t}){let e=t.selectedNode.value;if(e>=0)return l(Xn,{store:t,node:e});let n=t.selected.value;return n?l(Do,{store:t,group:t.tree.groups[Number(n.slice(1))]}):l("section",{class:"mg-card",children:[l("h2",{children:"Nothing selected"}),l("p",{class:"mg-muted",children:"Click a value, or press an arrow key in the graph, to see where its gradient comes from."})]})}function Do({store:t,group:e}){let n=t.open.value.has(e.id);return l(D,{children:[l("section",{class:"mg-card",children:[l("h2",{children:e.label}),l("p",{children:[e.count.toLocaleString("en")," values",n?".":", folded into one box."]}),l("div",{class:"mg-row",children:l("button",{type:"button",onClick:()=>t.setOpen(e,!n),children:n?"Fold":"Unfold"})})]}),e.output>=0&&l(Xn,{store:t,node:e.output})]})}function Xn({store:t,node:e}){let{graph:n}=t,r=n.isLeaf(e),o=t.known.value[e]===1,a=t.tree.around(e),s=n.held.get(e),i=t.right.value.grad[e];return l("section",{class:"mg-card mg-inspector",children:[l("h2",{children:[n.labels[e]||n.name(e),l("span",{class:"mg-kind",children:e===t.root.value?"the output":n.isConstant(e)?"a constant":r?"a leaf":t.selected.value?.startsWith("g")?"what it puts out":n.sign(e)})]}),r?l(Kn,{store:t,node:e},e):l("p",{class:"mg-line",children:["data"," ",o?l(ce,{x:t.data.value[e]}):l("span",{class:"mg-muted",children:"not computed yet"}),o&&l("span",{class:"mg-muted mg-formula",children:[" ","= ",n.expression(e)," ="," ",n.expression(e,u=>k(t.data.value[u],4))]})]}),l(Yn,{store:t}),l(Ro,{store:t,node:e}),s!==void 0&&!K(s,i)&&!t.hidden(e)&&!t.edited.value.length&&e!==t.root.value&&l("p",{class:"mg-muted",children:["In Python its .grad is ",k(s),K(s,2*i)?", twice what one backward gives: was zero_grad forgotten?":"."]}),n.hasOwnBackward(e)&&l("p",{class:"mg-muted",children:"Its _backward was set by hand; the local derivatives are what it adds for an upstream gradient of 1."}),l("div",{class:"mg-row",children:[!r&&e!==t.root.value&&l("button",{type:"button",onClick:()=>t.setRoot(e),children:"Run backward from here"}),a.length>0&&l("button",{type:"button",onClick:()=>t.setOpen(a[0],!1),title:"f",children:["Fold ",a[0].label]})]})]})}function Ro({store:t,node:e}){let{graph:n}=t,r=t.timeline.value.ledger(t.step.value,e,t.partials.value),{grad:o,reached:a}=t.gradients.value,s=t.wrong.value.has(e);if(t.hidden(e))return l("p",{class:"mg-line",children:["grad ",l(H,{children:"?"})]});let i=e===t.root.value;if(n.isConstant(e))return l("p",{class:"mg-line mg-muted",children:"A number of the formula: nobody asks how fast the result changes with it."});if(!a[e])return l("p",{class:"mg-line",children:["grad ",l("span",{class:"mg-muted",children:"blank: backward has not come here yet"})]});let u=p=>p.run>1?`run ${p.run}: ${n.name(p.node)}`:n.name(p.node),c=r.length>200?r.slice(-200):r;return l(D,{children:[l("table",{class:"mg-ledger",children:[l("caption",{children:["Where ",n.name(e),".grad comes from"]}),l("thead",{children:l("tr",{children:[l("th",{scope:"col",children:"through"}),l("th",{scope:"col",children:"local ∂"}),l("th",{scope:"col",children:"upstream"}),l("th",{scope:"col",children:"adds"})]})}),l("tbody",{children:[i&&l("tr",{children:[l("td",{children:"itself"}),l("td",{}),l("td",{}),l("td",{children:l(H,{children:"1.0"})})]}),r.length>c.length&&l("tr",{children:l("td",{colSpan:4,class:"mg-muted",children:["… ",r.length-c.length," before these"]})}),c.map((p,m)=>l("tr",{class:p.lost?"mg-lost":"",children:[l("td",{children:u(p)}),l("td",{children:l(Hn,{x:p.partial})}),l("td",{children:l(H,{children:k(p.upstream)})}),l("td",{children:[l(H,{children:k(p.amount)}),p.lost&&l("span",{class:"mg-sr",children:" overwritten"})]})]},m))]}),l("tfoot",{children:l("tr",{class:s?"mg-wrong-sum":"",children:[l("th",{scope:"row",colSpan:3,children:t.bugs.value.assign?"grad, the last one":"grad, the sum"}),l("td",{children:l(H,{children:k(o[e])})})]})})]}),s&&l("p",{class:"mg-t-wrong mg-verdict",children:["✗ wrong: the right gradient is ",k(t.right.value.grad[e])]})]})}var be=t=>t.join(" "),Ye=class{constructor(e){this.data=e;e.frames.forEach(()=>this.byFrame.push([])),e.moments.forEach(([r,,,,o],a)=>{this.byFrame[r].push(a);for(let s of o)s[0]==="made"?this.told.made.push(s[1]):s[0]==="seed"?this.told.root=s[1]:s[0]==="add"?this.told.added.push([s[1],s[2]]):this.told.order.push([s[0],s[1]])});let n=e.moments.map((r,o)=>o);this.shown={all:this.withoutEcho(n),line:this.withoutEcho(n.filter(r=>!this.fn(r).kind))}}data;told={root:-1,made:[],order:[],added:[]};byFrame=[];shown;fn(e){return this.data.functions[this.data.frames[this.data.moments[e][0]][0]]}withoutEcho(e){return e.filter((n,r)=>{let[o,a,s]=this.data.moments[n],i=this.data.moments[e[r+1]];return!s||!i||i[0]!==o||i[1]!==a})}beside(e,n,r){let o=this.shown[r];return n>0?o.find(a=>a>e)??e:o.findLast(a=>a<e)??-1}isLast(e,n){return e>=this.shown[n][this.shown[n].length-1]}stack(e){let n=[];for(let r=this.data.moments[e]?.[0]??-1;r>=0;r=this.data.frames[r][1]){let o=this.byFrame[r].findLast(s=>s<=e)??e,a=this.data.functions[this.data.frames[r][0]];n.unshift({frame:r,fn:a,line:this.data.moments[o][1]})}return n}names(e,n){let r=new Map;for(let s of this.byFrame[e]){if(s>n)break;let i=this.data.moments[s][3];for(let u=0;u<i.length;u+=2)r.set(this.data.names[i[u]],this.data.things[i[u+1]])}let o=this.data.functions[this.data.frames[e][0]];o.captured.includes(o.name)&&r.delete(o.name);let a=s=>o.captured.includes(s)?2:s==="return"?3:o.arguments.includes(s)?0:1;return new Map([...r].sort(([s],[i])=>a(s)-a(i)))}changed(e){let[,,,n]=this.data.moments[e];return new Set(n.filter((r,o)=>o%2===0).map(r=>this.data.names[r]))}line(e,n){return this.data.files[e].text.split(`
`)[n-1]??""}},Qe=class{steps;moments=new Map;constructor(e,n){let{moments:r}=e.data;this.steps=new Int32Array(r.length);let o=0;r.forEach(([,,,,a],s)=>{for(let i of a){let u=n.get(be(i))??[];for(let c of u)this.moments.has(c)||this.moments.set(c,s);u.length&&(o=u.find(c=>c>o)??u[0])}this.steps[s]=o})}step(e){return e<0?0:this.steps[e]}moment(e){for(let n=e;n>0;n--){let r=this.moments.get(n);if(r!==void 0)return r}return-1}};var Ze=["forward","order","backward"],zo=0,Lo=1,zt=2,Lt=["visit","again","append"],ye=-1,Ot=2e4,Ae=class{constructor(e,n,r,o,a=!0){this.graph=e;this.root=n;this.bugs=r;let s=o&&(o.root<0||o.root===n)?o:void 0;this.order=(s&&this.sortAs(s))??this.sort(),this.inner=this.order.filter(p=>!e.isLeaf(p)),s&&(this.inner=Zn(s.made,this.inner)??this.inner),(r.naive||!a)&&(this.acts.length=0);let i=!1;for(let p=0;p<(r.twice?2:1);p++)this.events.push(n,ye),r.naive?i=this.recurse()||i:this.inOrder(s);this.cut=i;for(let p=0;p<this.events.length;p+=2){let[m,h]=[this.events[p],this.events[p+1]];this.last.set(h===ye?m:e.parents[m][h],p/2)}let u=this.inner.length,c=u+this.acts.length/2;this.length=c+this.events.length/2,this.ends={forward:u,order:c,backward:this.length}}graph;root;bugs;order;inner;cut;length;ends;acts=[];events=[];last=new Map;sort(){let e=[],n=new Uint8Array(this.graph.size),r=[this.root];for(;r.length;){let o=r.pop();if(o<0)this.acts.push(zt,~o),e.push(~o);else if(n[o])this.acts.push(Lo,o);else{n[o]=1,this.acts.push(zo,o),r.push(~o);let a=this.graph.parents[o];for(let s=a.length-1;s>=0;s--)r.push(a[s])}}return e}sortAs({order:e}){let n=e.flatMap(([u,c])=>u==="append"?[c]:[]),r=new Map(n.map((u,c)=>[u,c])),o=this.sort(),a=this.acts.splice(0),s=o.every(u=>{let c=r.get(u);return c===void 0?this.graph.isLeaf(u):this.graph.parents[u].every(p=>(r.get(p)??-1)<c)}),i=new Set(o);if(!s||n.some(u=>!i.has(u)))return this.acts.push(...a),null;for(let[u,c]of e)this.acts.push(Lt.indexOf(u),c);return[...o.filter(u=>!r.has(u)),...n]}inOrder(e){let n=[];for(let s=this.order.length-1;s>=0;s--){let i=this.order[s];this.graph.parents[i].forEach((u,c)=>n.push([i,c]))}let r=([s,i])=>`${s} ${i}`,o=new Map(n.map(s=>[r(s),s])),a=e&&Zn(e.added.map(r),[...o.keys()]);for(let[s,i]of a?.map(u=>o.get(u))??n)this.graph.isConstant(this.graph.parents[s][i])||this.events.push(s,i)}keys(){let e=new Map,n=(r,o)=>e.set(r,[...e.get(r)??[],o]);this.inner.forEach((r,o)=>n(be(["made",r]),o+1));for(let r=0;r<this.acts.length;r+=2)n(be([Lt[this.acts[r]],this.acts[r+1]]),this.ends.forward+r/2+1);for(let r=0;r<this.events.length;r+=2){let[o,a]=[this.events[r],this.events[r+1]],s=a===ye?be(["seed",o]):be(["add",o,a]);n(s,this.ends.order+r/2+1)}return e}recurse(){let e=this.events.length+2*Ot,n=[[this.root,0]];for(;n.length;){let[r,o]=n.pop(),a=this.graph.parents[r];if(o!==a.length&&(n.push([r,o+1]),!this.graph.isConstant(a[o]))){if(this.events.push(r,o),this.events.length>e)return!0;n.push([a[o],0])}}return!1}reused(){let e=new Uint32Array(this.graph.size);for(let n of this.inner)for(let r of this.graph.parents[n])e[r]++;return this.order.filter(n=>e[n]>1)}phaseOf(e){return e<=0?"start":e<=this.ends.forward?"forward":e<=this.ends.order?"order":"backward"}at(e){let n=Math.min(e,this.length);if(n<=0)return{phase:"start"};if(n<=this.ends.forward)return{phase:"forward",node:this.inner[n-1]};if(n<=this.ends.order){let i=2*(n-this.ends.forward-1);return{phase:"order",act:Lt[this.acts[i]],node:this.acts[i+1]}}let r=2*(n-this.ends.order-1),[o,a]=[this.events[r],this.events[r+1]],s=0;for(let i=0;i<=r;i+=2)s+=+(this.events[i+1]===ye);return a===ye?{phase:"backward",act:"seed",node:o,run:s}:{phase:"backward",act:"add",node:o,slot:a,parent:this.graph.parents[o][a],run:s}}computed(e){let n=new Uint8Array(this.graph.size).fill(1);for(let r=Math.max(0,e);r<this.inner.length;r++)n[this.inner[r]]=0;return n}listed(e){if(this.bugs.naive||e<=this.ends.forward)return[];let n=[],r=2*(Math.min(e,this.ends.order)-this.ends.forward);for(let o=0;o<r;o+=2)this.acts[o]===zt&&n.push(this.acts[o+1]);return n}ordering(e){let n=new Map,r=new Set,o=2*(Math.min(e,this.ends.order)-this.ends.forward);for(let a=0;a<o;a+=2)r.add(this.acts[a+1]),this.acts[a]===zt&&n.set(this.acts[a+1],n.size);return{places:n,visited:r}}play(e,n,r){let o=new Float64Array(this.graph.size),a=new Uint8Array(this.graph.size),s=2*(Math.min(e,this.length)-this.ends.order),i=0;for(let u=0;u<s;u+=2){let[c,p]=[this.events[u],this.events[u+1]];if(p===ye){for(let v of this.inner)o[v]=a[v]=0;o[c]+=1,a[c]=1,i+=1;continue}let m=this.graph.parents[c][p],h=n.of(c)[p],d=h*o[c];r?.(m,{node:c,slot:p,run:i,partial:h,upstream:o[c],amount:d}),o[m]=this.bugs.assign?d:o[m]+d,a[m]=1}return{grad:o,reached:a}}ledger(e,n,r){let o=[],a=!this.graph.isLeaf(n);return this.play(e,r,(s,i)=>{if(s===n){if(a&&o.length&&o[0].run!==i.run&&(o.length=0),this.bugs.assign)for(let u of o)u.lost=!0;o.push({...i,lost:!1})}}),o}isSettled(e,n){let r=this.last.get(e);return r!==void 0&&this.ends.order+r+1<=n}};function Zn(t,e){let n=new Set(e),r=t.filter(o=>n.has(o));return new Set(r).size===n.size&&r.length===e.length?r:null}var Xe=class{constructor(e,n){this.graph=e;this.data=n}graph;data;known=new Map;of(e){let n=this.known.get(e);return n||(n=this.graph.partials(e,this.data),this.known.set(e,n)),n}};var Jn=[[". and ,","one step on, one step back (also → and ← outside the graph)"],["space","play, pause"],["1 2 3","to the forward pass, the order, backward"],["Home, End","to the first step, to the last"],["arrow keys in the graph","select: ← a parent, → a child, ↑ ↓ above and below"],["Enter","edit the selected leaf, unfold the selected box"],["f","fold what the selected value is in, unfold a box"],["Shift + arrow keys","move the picture"],["+ − 0","closer, further, everything"],["p","predict: say what comes next before it is shown"],["/","search"],["d","dark or light"],["?","this list; Esc closes it"]];function er(t,e,n,r,o){let a=t.target;if(t.ctrlKey||t.metaKey||t.altKey||o?.open||t.defaultPrevented||a.matches("input:not([type=range]):not([type=checkbox]), textarea, select"))return;let i=a.matches("button, input[type=checkbox]"),u=a.matches("input[type=range]"),c={".":()=>e.advance(1),",":()=>e.advance(-1),"+":()=>n?.zoom(1.25),"=":()=>n?.zoom(1.25),"-":()=>n?.zoom(.8),0:()=>n?.fit(),"/":()=>r.querySelector(".mg-search input")?.focus(),"?":()=>o?.showModal(),p:()=>{e.predicting.value=!e.predicting.value},d:()=>{e.theme.value=Oo(r)?"light":"dark"}};Ze.forEach((m,h)=>{c[String(h+1)]=()=>e.goToPhase(m)}),i||(c[" "]=()=>{e.playing.value=!e.playing.value}),u||(c.ArrowRight=c["."],c.ArrowLeft=c[","],c.Home=()=>e.goTo(0),c.End=()=>e.goTo(e.timeline.value.length));let p=c[t.key];p&&(t.preventDefault(),p())}function Oo(t){let e=t.dataset.theme;return e==="auto"?matchMedia("(prefers-color-scheme: dark)").matches:e==="dark"}var Go=[{bug:"assign",title:"= instead of +=",text:"each contribution overwrites the one before"},{bug:"twice",title:"no zero_grad",text:"backward runs again on top of the old gradients"},{bug:"naive",title:"plain recursion",text:"no topological order: a value passes on what it has so far"}];function tr({store:t}){let e=o=>X(()=>{t.keepingPlace(()=>{t.bugs.value={...t.bugs.value,[o]:!t.bugs.value[o]}}),t.broken.value&&t.phase.value!=="backward"&&t.goTo(t.timeline.value.length)}),n=[...t.wrong.value].filter(o=>!t.hidden(o)),r=t.step.value>=t.timeline.value.length;return l("section",{class:"mg-card",children:[l("h2",{children:"Break it"}),Go.map(({bug:o,title:a,text:s})=>l("label",{class:"mg-toggle",children:[l("input",{type:"checkbox",checked:t.bugs.value[o],onChange:()=>e(o)}),l("span",{children:[l("b",{children:a}),l("small",{children:s})]})]},o)),t.broken.value&&l("div",{role:"status",class:"mg-outcome",children:n.length>0?l(D,{children:[l("p",{class:"mg-t-wrong",children:["✗ ",n.length.toLocaleString("en")," wrong"," ",n.length===1?"gradient":"gradients"]}),l("table",{children:[l("thead",{children:l("tr",{children:[l("th",{scope:"col",children:"value"}),l("th",{scope:"col",children:"broken"}),l("th",{scope:"col",children:"right"})]})}),l("tbody",{children:n.slice(0,8).map(o=>l("tr",{children:[l("td",{children:l("button",{type:"button",class:"mg-link",onClick:()=>t.reveal(o),children:t.graph.name(o)})}),l("td",{class:"mg-t-wrong",children:k(t.gradients.value.grad[o])}),l("td",{children:l(H,{children:k(t.right.value.grad[o])})})]},o))})]})]}):r?l("p",{children:["✓ Every gradient is right all the same: ",Io(t)]}):l("p",{class:"mg-muted",children:"Step to the end to see what goes wrong."})})]})}function Io({bugs:t,timeline:e,graph:n}){let{assign:r,twice:o,naive:a}=t.value,s=e.value.reused();return Number(r)+Number(o)+Number(a)>1?"together they do no harm here.":o?"twice each leaf's gradient is the same number, as twice 0 is 0.":r?s.length?"what is overwritten adds up to 0.":"here no value is used twice.":s.some(i=>!n.isLeaf(i))?"what is passed on too often adds up to 0.":"here no computed value is used twice. Try d = a*b; e = d*d."}function nr({store:t}){let[e,n]=I(""),[r,o]=I(""),a=t.quiz.value,s=h=>{n(h),o("")},i=()=>{let h=Bo(t);h<0||(s(""),X(()=>{t.bugs.value={assign:!1,twice:!1,naive:!1},t.quiz.value={node:h,answer:"",verdict:"open"},t.goTo(t.timeline.value.ends.order+1),t.reveal(h)}))},u=h=>{if(h.preventDefault(),!a)return;let d=Z(e);if(d===null){o(ve(e));return}let v=t.right.value.grad[a.node],f=K(d,v)||Math.abs(d-v)<=.005*Math.abs(v);a.verdict==="open"&&(t.score.value={right:t.score.value.right+Number(f),asked:t.score.value.asked+1}),t.quiz.value={...a,answer:e,verdict:f?"right":"wrong"},f&&t.goTo(t.timeline.value.length)},c=()=>{a&&(t.quiz.value={...a,verdict:"shown"},t.selected.value=`n${a.node}`,t.goTo(t.timeline.value.ends.order+1),t.playing.value=!0)},p=a?t.graph.name(a.node):"",m=t.graph.name(t.root.value);return l("section",{class:"mg-card",children:[l("h2",{children:["Quiz"," ",t.score.value.asked>0&&l("span",{class:"mg-kind",children:[t.score.value.right," of ",t.score.value.asked," at first try"]})]}),a?l("form",{onSubmit:u,children:[l("label",{children:["What is ",l("b",{children:[p,".grad"]})," after ",m,".backward()?",l("span",{class:"mg-row",children:[l("input",{class:"mg-answer",inputMode:"decimal",value:e,"aria-invalid":!!r,"aria-describedby":"mg-answer-said",onInput:h=>s(h.currentTarget.value)}),l("button",{type:"submit",children:"Check"})]})]}),l("div",{role:"status",id:"mg-answer-said",children:[r&&l("p",{class:"mg-t-wrong",children:r}),a.verdict==="right"&&l("p",{class:"mg-t-ok",children:["✓ Right: ",p,".grad is ",k(t.right.value.grad[a.node])]}),a.verdict==="wrong"&&!r&&l("p",{class:"mg-t-wrong",children:["✗ ",a.answer," is not it. Multiply along each path from ",m,", then add the paths."]}),a.verdict==="shown"&&l("p",{children:["Watch the ledger of ",p,": the last line is the answer."]})]}),l("div",{class:"mg-row",children:[a.verdict!=="right"&&a.verdict!=="shown"&&l("button",{type:"button",onClick:c,children:"Show the steps"}),l("button",{type:"button",onClick:i,children:"Another"}),l("button",{type:"button",onClick:()=>{t.quiz.value=null},children:"Stop"})]})]}):l(D,{children:[l("p",{class:"mg-muted",children:"One gradient is hidden. You work it out."}),l("button",{type:"button",onClick:i,children:"Ask me"})]})]})}function Bo(t){let{graph:e}=t,n=t.timeline.value.order.filter(a=>a!==t.root.value&&(e.labels[a]||!e.isLeaf(a))&&a!==t.quiz.value?.node),r=n.filter(a=>e.children[a].length>1),o=r.length&&Math.random()<.6?r:n;return o.length?o[Math.floor(Math.random()*o.length)]:-1}var Je=62,Gt=t=>ge(t,9),It=t=>Math.max(36,Math.min(54,[...Gt(t)].length*7.2+14)),et=t=>Je-8-It(t);function rr(t,e,n,r,o,a){let s=[t.x+t.w/2,t.y+r/5],i=[e.x-e.w/2+a,e.y+(r?r/3:o)],u=[s,...n,i],c=[],p=null;for(let m=1;m<u.length;m++){let[[h,d],[v,f]]=[u[m-1],u[m]],g=Math.max(12,Math.abs(v-h)*.5),_=Math.abs(f-d)<1&&!r,y=`C${J(h+g)} ${J(d+r)} ${J(v-g)} ${J(f+r)} `,w=`M${J(h)} ${J(d)}${_?"L":y}${J(v)} ${J(f)}`,[b,E]=[Math.min(d,f)-Math.abs(r),Math.max(d,f)+Math.abs(r)];c.push({path:w,bounds:[Math.min(h,v)-g,b,Math.max(h,v)+g,E]}),v-h>30&&(p=Fo(h,d,v,f,g,r))}return{pieces:c,points:u,label:p}}var J=t=>Math.round(t*10)/10;function Fo(t,e,n,r,o,a){let s=Math.abs(r-e)<30?.5:.42,[i,u,c,p]=[(1-s)**3,3*(1-s)**2*s,3*(1-s)*s**2,s**3];return[J(i*t+u*(t+o)+c*(n-o)+p*n),J(i*e+u*(e+a)+c*(r+a)+p*r)]}var nt=30,tt=18,Bt=t=>`n${t}`,_e=t=>`g${t.id}`,rt=class{constructor(e,n){this.picture=e;this.graph=n;this.root=this.build(e.tree,null,0),this.findOutputs()}picture;graph;root;groups=[];home=[];place=[];routes=new Map;build(e,n,r){let o={id:this.groups.length,label:e.label,kind:e.kind,parent:n,place:r,items:[],shape:e.shape===void 0?null:this.picture.shapes[e.shape],count:0,output:-1,foldedAtFirst:e.folded};return this.groups.push(o),o.items=e.items.map((a,s)=>{if(typeof a!="number"){let i=this.build(a,o,s);return o.count+=i.count,i}return this.home[a]=o,this.place[a]=s,o.count+=1,a}),o}findOutputs(){let e=new Map;for(let n=0;n<this.graph.size;n++){let r=this.graph.children[n],o=this.graph.roots.includes(n);for(let a of this.around(n))(o||r.some(i=>!this.around(i).includes(a)))&&e.set(a,e.has(a)?-1:n)}for(let[n,r]of e)n.output=r}around(e){let n=[];for(let r=this.home[e];r?.parent;r=r.parent)n.push(r);return n}shown(e,n){let r=Bt(e);for(let o=this.home[e];o?.parent;o=o.parent)n.has(o.id)||(r=_e(o));return r}homeOf(e){let n=Number(e.slice(1));return e[0]==="n"?this.home[n]:this.groups[n].parent}label(e){let n=e.group?.label??this.graph.labels[e.node],r=this.homeOf(e.key)?.label;return r&&n.startsWith(`${r}.`)?n.slice(r.length+1):n}scene(e){let n=new Map,r=[],o=new Map,a=this.arrange(this.root,e),s=(i,u,c,p)=>{o.set(i,(m,h)=>{let[d,v]=u.move(m,h);return[c+d,p+v]}),i.items.forEach((m,h)=>{let[d,v]=u.centres[h],[f,g]=u.sizes[h],[_,y]=[c+d,p+v];if(typeof m=="number"){n.set(Bt(m),{key:Bt(m),node:m,group:null,open:!1,x:_,y,w:f,h:g});return}let w=e.has(m.id),b={key:_e(m),node:-1,group:m,open:w,x:_,y,w:f,h:g};n.set(b.key,b),w&&(r.push(b),s(m,this.arrange(m,e),_-f/2+tt,y-g/2+nt+tt/2))})};return s(this.root,a,0,0),{boxes:n,frames:r,edges:this.edges(n,o,e),width:a.w,height:a.h}}sizeOf(e,n){let r=this.picture.sizes;if(typeof e=="number")return this.graph.isLeaf(e)?this.graph.labels[e]?r.leaf:r.number:r.value;if(!n.has(e.id))return r.group;let o=this.arrange(e,n);return[o.w+2*tt,o.h+nt+1.5*tt]}arrange(e,n){let r=e.items.map(f=>this.sizeOf(f,n)),o=new Set,a=e.items.map(f=>this.sizeOf(f,o)),{size:s,at:i}=e.shape??this.grid(a),u=new Map;e.items.forEach((f,g)=>{let _=u.get(i[2*g])??[];u.set(i[2*g],[..._,g])});let c=[],p=[],m=0;for(let f of[...u.keys()].sort((g,_)=>g-_)){let g=u.get(f).sort((T,S)=>i[2*T+1]-i[2*S+1]),_=Math.max(...g.map(T=>a[T][0]))/2,y=Math.max(...g.map(T=>r[T][0]))-2*_,w=g.reduce((T,S)=>T+r[S][1]-a[S][1],0),b=-w/2,E=[];for(let T of g){let S=r[T][1]-a[T][1];c[T]=[f+m+y/2,i[2*T+1]+b+S/2],b+=S,E.push([i[2*T+1],b])}p.push({x:f,half:_,shift:m,grown:y,rows:E,up:-w/2}),m+=y}let h=0,d=s[1];c.forEach(([,f],g)=>{h=Math.min(h,f-r[g][1]/2),d=Math.max(d,f+r[g][1]/2)});for(let f of c)f[1]-=h;let v=(f,g)=>{let _=0,y=0;for(let w of p){if(f<w.x-w.half-1)break;if(_=f>w.x?w.shift+w.grown:w.shift,f<=w.x+w.half+1){y=w.up;for(let[b,E]of w.rows)b<g&&(y=E)}}return[f+_,g+y-h]};return{w:s[0]+m,h:d-h,centres:c,sizes:r,move:v}}grid(e){let n=Math.max(...e.map(s=>s[0]))+28,r=Math.max(...e.map(s=>s[1]))+18,o=e.length<=16?e.length:Math.ceil(Math.sqrt(e.length*n/r/1.6)),a=e.flatMap((s,i)=>[(Math.floor(i/o)+.5)*n-14,(i%o+.5)*r-9]);return{size:[Math.ceil(e.length/o)*n-28,Math.min(o,e.length)*r-18],at:a}}edges(e,n,r){let o=this.graph.parents.map((u,c)=>this.shown(c,r)),a=new Map,s=[],i=new Map;return this.graph.parents.forEach((u,c)=>{u.forEach((p,m)=>{let[h,d]=[o[p],o[c]];if(h===d)return;let v=`${h} ${d}`,f=i.get(v)??0;i.set(v,f+1);let g=h[0]==="n"&&d[0]==="n",_=a.get(v);if(!g&&_){_.count+=1;return}let y=g?u.filter(Y=>Y===p).length:1,w=y>1?(f-(y-1)/2)*26:0,b=g?(m-(u.length-1)/2)*Math.min(9,40/u.length):0,E=this.route(p,c,r,n,f),T=d[0]==="n"?et(this.graph.sign(c))+3:0,S=rr(e.get(h),e.get(d),E,w,b,T),L={from:h,to:d,node:g?c:-1,slot:g?m:-1,count:1,far:this.homeOf(h)!==this.homeOf(d),...S};s.push(L),g||a.set(v,L)})}),s}route(e,n,r,o,a){let s=f=>{let g=[],_=this.place[f];for(let y=this.home[f];y;y=y.parent)g.unshift([y,_]),_=y.place;return g},[i,u]=[s(e),s(n)],c=0;for(;i[c+1]&&u[c+1]&&i[c][1]===u[c][1]&&i[c+1][0]===u[c+1][0];)c++;let p=i[c][0],m=o.get(p);if(!p.shape||!m||p.parent&&!r.has(p.id))return[];let h=this.routes.get(p.shape);if(!h){h=new Map;for(let[f,g,_]of p.shape.routes){let y=`${f} ${g}`;h.set(y,[...h.get(y)??[],_])}this.routes.set(p.shape,h)}let d=h.get(`${i[c][1]} ${u[c][1]}`)??[[]],v=d[Math.min(a,d.length-1)];return Array.from({length:v.length/2},(f,g)=>m(v[2*g],v[2*g+1]))}};var Ho="http://www.w3.org/2000/svg";function M(t,e,n,r){let o=document.createElementNS(Ho,t);for(let[a,s]of Object.entries(e))o.setAttribute(a,String(s));return r!==void 0&&(o.textContent=r),n?.append(o),o}function pe(t,e){for(let n=5;n>2;n--){let r=k(t,n);if(r.length<=e)return r}return Bn(t)}var or=6;function ar(t,e,n,r){if(t.open)return jo(t,e,n,r.frames);let o=M("g",{transform:`translate(${t.x-t.w/2} ${t.y-t.h/2})`},r.boxes);return o.dataset.key=t.key,t.group?Wo(t,e,n,o):Uo(t,e,n,o)}function jo(t,e,n,r){let o=M("g",{transform:`translate(${t.x-t.w/2} ${t.y-t.h/2})`},r);o.dataset.key=t.key,M("rect",{class:"mg-frame",width:t.w,height:t.h,rx:14},o);let a=Math.floor(t.w/(e==="small"?14:9))-3;M("text",{class:"mg-frame-label",x:40,y:21},o,ge(n.tree.label(t),a)),M("path",{class:"mg-fold",d:"M15 12h14v8h-14z M18 16h8"},o),M("title",{},o,t.group?.label??"");let s=M("rect",{class:"mg-hit",width:t.w,height:nt,rx:10},o);return s.dataset.fold="1",{box:t,element:o,keys:[]}}function Wo(t,e,n,r){let o=t.group;M("rect",{class:"mg-stack",x:6,y:-5,width:t.w-12,height:t.h,rx:12},r),M("rect",{class:"mg-box",width:t.w,height:t.h,rx:12},r);let a={box:t,element:r,keys:[]},s=ge(n.tree.label(t),e==="small"?18:25);if(M("text",{class:"mg-label",x:t.w/2,y:27,"text-anchor":"middle"},r,s),M("title",{},r,o?.label??""),o&&o.output>=0)a.data=M("text",{class:"mg-data",x:14,y:50},r),a.grad=M("text",{class:"mg-grad",x:t.w-34,y:50,"text-anchor":"end"},r);else{let i=`${(o?.count??0).toLocaleString("en")} values`;M("text",{class:"mg-count",x:t.w/2,y:48,"text-anchor":"middle"},r,i)}return M("path",{class:"mg-fold",d:`M${t.w-24} 40h10 M${t.w-19} 35v10`},r),a}function Uo(t,e,n,r){let{graph:o}=n,a=o.isLeaf(t.node),s=a?0:Je,i=t.w-s;a||Vo(t,n,r),M("rect",{class:"mg-box",x:s,width:i,height:t.h,rx:10},r);let u={box:t,element:r,keys:[]},c=o.labels[t.node],p=e==="small",m=p?23:21,h=p?22:24;if(c||!a){let f=M("text",{class:c?"mg-label":"mg-label mg-auto",x:s+11,y:h},r);f.textContent=ge(c?n.tree.label(t):o.name(t.node),p?9:12),h+=m}M("title",{},r,c||(a?o.name(t.node):o.expression(t.node)));let d=o.isConstant(t.node);d&&(h=t.h/2+5);let v=p?8:11;return u.keys.push(M("text",{class:"mg-key",x:s+v,y:h},r,"data")),u.data=M("text",{class:"mg-data",x:s+i-10,y:h,"text-anchor":"end"},r),u.badge=M("g",{class:"mg-badge",transform:`translate(${s} 0)`},r),M("circle",{r:13},u.badge),M("text",{y:5,"text-anchor":"middle"},u.badge),d||(h+=m,u.keys.push(M("text",{class:"mg-key",x:s+v,y:h},r,"grad")),u.grad=M("text",{class:"mg-grad",x:s+i-10,y:h,"text-anchor":"end"},r)),u}function Vo(t,e,n){let{graph:r}=e,o=r.sign(t.node),a=Gt(o),s=It(o),i=et(o),u=t.h/2;M("path",{class:"mg-wire",d:`M${i+s} ${u}H${Je}`},n),M("rect",{class:"mg-op",x:i,y:u-18,width:s,height:36,rx:18},n);let c=a.length<3?20:a.length<6?14:a.length<8?11:9.5,p={class:"mg-symbol",x:i+s/2,y:u+c*.35,"font-size":c,"text-anchor":"middle"};M("text",p,n,a)}function sr(t,e,n,r,o){let a=n.selected.value,{box:s}=t,i=n.current.value,u=n.ordering.value,c=s.open?"mg-open":s.group?"mg-group":"mg-value";s.key===a&&(c+=" mg-selected"),r.has(s.key)&&(c+=` mg-lit mg-lit-${i.phase}`),o.has(s.key)&&(c+=" mg-wrong");let p=s.node>=0?s.node:s.open?-1:s.group?.output??-1;if(p>=0){let m=n.known.value[p]===1,h=e==="small"?or:7;m||(c+=" mg-unknown"),n.graph.isLeaf(p)&&(c+=" mg-leaf"),p===n.root.value&&(c+=" mg-root");let{grad:d,reached:v}=n.gradients.value,f=m?pe(n.data.value[p],h):"",g=n.hidden(p),_=g?"?":v[p]?pe(d[p],h):"";g&&(c+=" mg-asked");let y=u?.places.get(s.node);y!==void 0?c+=" mg-listed":u?.visited.has(s.node)&&(c+=" mg-visited");let w=y===void 0?"":String(y+1);t.badge&&t.shownBadge!==w&&(t.shownBadge=w,t.badge.lastElementChild.textContent=w,t.badge.style.display=w?"":"none"),t.keys.forEach((b,E)=>{let S=e==="small"&&(E?_:f).length>or?"none":"";b.style.display!==S&&(b.style.display=S)}),t.data&&t.shownData!==f&&(t.data.textContent=t.shownData=f),t.grad&&t.shownGrad!==_&&(t.grad.textContent=t.shownGrad=_)}t.shownClass!==c&&(t.shownClass=c,t.element.setAttribute("class",c))}function ir(t,e,n,r,o){for(let a of o.querySelectorAll(".mg-right"))a.remove();for(let a of t){let s=e.get(a);if(!s||s.box.node<0)continue;let{box:i}=s,u=`right: ${pe(r.right.value.grad[i.node],n==="small"?6:8)}`,c=M("g",{class:"mg-right",transform:`translate(${i.x+i.w/2} ${i.y+i.h/2+9})`},o),p=u.length*(n==="small"?11:7.6)+18;M("rect",{x:-p+8,y:-10,width:p,height:23,rx:11.5},c),M("text",{x:-p/2+8,y:6,"text-anchor":"middle"},c,u)}}function lr(t,e,n,r,o){let a=M("g",{class:"mg-edge"},o.edges),s=M("path",{},a),i={edge:t,element:a,line:s};if(!t.label||t.node<0&&(t.count===1||t.far)||!qo(t,e,n,r))return i;let[u,c]=t.label;i.pill=M("g",{class:"mg-pill",transform:`translate(${u} ${c})`},o.pills);let p=e==="small"?14:11;return M("rect",{x:-30,y:-p,width:60,height:2*p,rx:p},i.pill),i.text=M("text",{y:e==="small"?6.5:4.5,"text-anchor":"middle"},i.pill),i}function qo(t,e,n,r){if(!t.label||t.node>=0&&n.graph.parents[t.node].length<=2)return!0;for(let o of r.values()){if(!o.pill||!o.edge.label)continue;let[a,s]=[o.edge.label[0]-t.label[0],o.edge.label[1]-t.label[1]];if(Math.abs(a)<62&&Math.abs(s)<(e==="small"?28:21))return!1}return!0}function ur(t,e,n,r,o){let a=n.selected.value,{edge:s}=t,i=n.current.value,u=s.far?"mg-edge mg-far":"mg-edge",c=s.count>1?`${s.count.toLocaleString("en")}×`:"";if(s.node>=0){let p=n.partials.value.of(s.node)[s.slot];c=i.phase!=="backward"?"":e==="small"?pe(p,5):`∂ ${pe(p,7)}`,i.phase==="backward"&&i.act==="add"&&i.node===s.node&&i.slot===s.slot&&(u+=" mg-flow"),i.phase==="forward"&&i.node===s.node&&(u+=" mg-forward")}else r&&s.from===r&&s.to===o&&(u+=" mg-flow");if(a&&(s.from===a||s.to===a)&&(u+=" mg-near"),t.shownClass!==u&&(t.shownClass=u,t.element.setAttribute("class",u),t.pill?.setAttribute("class",u.replace("mg-edge",s.node>=0?"mg-pill":"mg-pill mg-many"))),s.far&&!/mg-(flow|near|forward)/.test(u)&&(c=""),t.text&&t.shown!==c){t.shown=t.text.textContent=c;let p=c.length*(e==="small"?5.7:3.9)+9,m=t.pill?.firstElementChild;m?.setAttribute("x",String(-p)),m?.setAttribute("width",String(2*p)),t.pill.style.display=c?"":"none"}}function pr(t,e,n){let r=[],o=null,a=!1,s=(p,m,h)=>{t.addEventListener(p,m,h),r.push(()=>t.removeEventListener(p,m,h))},i=new Map,u=0;s("pointerdown",p=>{p.button===0&&(i.set(p.pointerId,[p.clientX,p.clientY]),o=[p.clientX,p.clientY],a=!1)}),s("pointermove",p=>{if(!i.has(p.pointerId))return;if(i.set(p.pointerId,[p.clientX,p.clientY]),i.size===2){let[d,v]=[...i.values()],f=Math.hypot(d[0]-v[0],d[1]-v[1]),{left:g,top:_}=t.getBoundingClientRect();u&&e.zoom(f/u,(d[0]+v[0])/2-g,(d[1]+v[1])/2-_),u=f,a=!0;return}if(!o)return;let[m,h]=[p.clientX-o[0],p.clientY-o[1]];!a&&Math.hypot(m,h)<4||(a||t.setPointerCapture(p.pointerId),a=!0,t.classList.add("mg-grabbing"),e.pan(m,h),o=[p.clientX,p.clientY])});let c=p=>{i.delete(p.pointerId),u=0,o=null,t.classList.remove("mg-grabbing")};return s("pointerup",c),s("pointercancel",c),s("click",p=>{if(a)return;let m=p.target,{left:h,top:d}=t.getBoundingClientRect(),v=m.closest("[data-key]")?.dataset.key??e.at(p.clientX-h,p.clientY-d),f=v?n.scene.value.boxes.get(v):void 0;f?f.group&&f.open?m.dataset.fold&&n.setOpen(f.group,!1):(n.selected.value=f.key,f.group&&n.setOpen(f.group,!0),e.approach(f.key)):n.selected.value=null}),s("wheel",p=>{p.preventDefault();let{left:m,top:h}=t.getBoundingClientRect();p.ctrlKey||p.metaKey||p.deltaMode===0&&Math.abs(p.deltaX)<1&&!p.shiftKey?e.zoom(Math.exp(-p.deltaY*.0016),p.clientX-m,p.clientY-h):e.pan(-p.deltaX-(p.shiftKey?p.deltaY:0),p.shiftKey?0:-p.deltaY)},{passive:!1}),s("keydown",p=>Ko(p,t,e,n)),()=>{for(let p of r)p()}}function Ko(t,e,n,r){if(t.ctrlKey||t.metaKey||t.altKey)return;let a={ArrowLeft:"left",ArrowRight:"right",ArrowUp:"up",ArrowDown:"down"}[t.key],s=r.selected.value,i=s?r.scene.value.boxes.get(s):void 0;if(a&&t.shiftKey){let[u,c]={left:[80,0],right:[-80,0],up:[0,80],down:[0,-80]}[a];n.pan(u,c)}else if(a){let u=r.tree.shown(r.root.value,r.open.value),c=i?Yo(r.scene.value,i,a):u;c&&(r.selected.value=c,n.show(c))}else if((t.key==="Enter"||t.key==="f")&&i?.group)r.setOpen(i.group,!i.open);else if(t.key==="Enter"&&i&&r.graph.isLeaf(i.node))e.closest(".mg-root-element")?.querySelector(".mg-leaf-input")?.focus();else if(t.key==="f"&&i){let u=r.tree.around(i.node)[0];u&&(r.selected.value=_e(u),r.setOpen(u,!1))}else return;t.preventDefault(),t.stopPropagation()}function Yo(t,e,n){let r=[...t.boxes.values()].filter(i=>!i.open&&i!==e),o=r;e.open?o=r.filter(i=>Math.abs(i.x-e.x)<e.w/2&&Math.abs(i.y-e.y)<e.h/2):n==="left"?o=r.filter(i=>cr(t,i.key,e.key)):n==="right"&&(o=r.filter(i=>cr(t,e.key,i.key)));let a=i=>{let[u,c]=[i.x-e.x,i.y-e.y];if(n==="left"||n==="right")return Math.abs(u)+2.5*Math.abs(c);let p=n==="up"?-c:c;return p<8&&!e.open?Number.POSITIVE_INFINITY:Math.abs(p)+2.5*Math.abs(u)},[s]=o.filter(i=>a(i)<Number.POSITIVE_INFINITY).sort((i,u)=>a(i)-a(u));return s?.key??null}var cr=(t,e,n)=>t.edges.some(r=>r.from===e&&r.to===n);var ot=class{constructor(e,n){this.store=n;this.canvas.className="mg-overview",this.canvas.setAttribute("aria-hidden","true"),e.prepend(this.canvas)}store;canvas=document.createElement("canvas");context=this.canvas.getContext("2d");clear(){this.canvas.width=0}remove(){this.canvas.remove()}draw(e,n,r,o,a,s){let{canvas:i,context:u,store:c}=this,p=window.devicePixelRatio||1;(i.width!==n*p||i.height!==r*p)&&(i.width=n*p,i.height=r*p);let m=getComputedStyle(i),h=w=>m.getPropertyValue(`--${w}`);u.setTransform(p,0,0,p,0,0),u.clearRect(0,0,n,r),u.lineWidth=.7,u.strokeStyle=h("edge");for(let w of e.edges){u.beginPath();for(let b=1;b<w.points.length;b++){let[E,T]=[w.points[b-1][0]*s+o,w.points[b-1][1]*s+a],[S,L]=[w.points[b][0]*s+o,w.points[b][1]*s+a];Math.max(E,S)<0||Math.min(E,S)>n||Math.max(T,L)<0||Math.min(T,L)>r||(u.moveTo(E,T),u.lineTo(S,L))}u.stroke()}let d={plain:h("card"),group:h("soft"),data:h("data-soft"),grad:h("grad-soft"),wrong:h("wrong"),lit:h("grad-strong"),selected:h("ink")},v=c.current.value,f=v.phase==="start"?-1:v.phase==="backward"&&v.act==="add"?v.parent:v.node,{reached:g}=c.gradients.value,_=f<0?"":c.tree.shown(f,c.open.value),y=w=>{if(w.key===c.selected.value)return d.selected;if(w.key===_)return d.lit;let b=w.node>=0?w.node:w.group?.output??-1;return b<0?d.group:c.wrong.value.has(b)?d.wrong:g[b]?d.grad:c.known.value[b]?d.data:d.plain};for(let w of e.boxes.values()){let[b,E]=[w.w*s,w.h*s],[T,S]=[w.x*s+o-b/2,w.y*s+a-E/2];T+b<0||T>n||S+E<0||S>r||(w.open||(u.fillStyle=y(w),u.fillRect(T,S,Math.max(b,2),Math.max(E,2))),b>5&&u.strokeRect(T,S,b,E))}}};var Qo=120,Xo=64,Zo=240,dr=.68,mr=.24,at=class{constructor(e,n){this.host=e;this.store=n;this.svg=M("svg",{class:"mg-svg","aria-hidden":"true",focusable:"false"},e),this.world=M("g",{},this.svg);let r=()=>M("g",{},this.world);this.layers={frames:r(),edges:r(),boxes:r(),pills:r()},this.overview=new ot(e,n),this.scene=n.scene.value,this.stops.push(pr(e,this,n));let o=new ResizeObserver(()=>{this.touched?this.later():this.begin()});o.observe(e),this.stops.push(()=>o.disconnect());let a=!0;this.stops.push(W(()=>{let s=this.scene;this.scene=n.scene.value,e.classList.toggle("mg-dense",this.scene.edges.filter(i=>i.far).length>Qo),!a&&s!==this.scene&&this.rearranged(s),a=!1}),W(()=>{n.gradients.value,n.known.value,n.wrong.value,n.current.value,n.selected.value,n.quiz.value,n.theme.value,this.update()})),this.begin()}host;store;svg;world;layers;boxes=new Map;edges=new Map;stops=[];x=0;y=0;scale=1;detail="full";overview;covered=null;scene;frame=0;touched=!1;stop(){for(let e of this.stops)e();cancelAnimationFrame(this.frame),this.svg.remove(),this.overview.remove()}fit(){this.touched=!1;let{width:e,height:n}=this.host.getBoundingClientRect();if(!e||!n)return;let r=n-Xo,o=Math.min((e-48)/this.scene.width,(r-24)/this.scene.height,1.35);this.look(o,(e-this.scene.width*o)/2,(r+24-this.scene.height*o)/2)}begin(){this.fit();let e=this.store.selected.value??this.store.tree.shown(this.store.timeline.value.inner[0]??0,this.store.open.value);this.scale<mr&&this.show(e,!0),this.touched=!1}zoom(e,n,r){this.touched=!0;let{width:o,height:a}=this.host.getBoundingClientRect(),[s,i]=[n??o/2,r??a/2],u=Math.min(3,Math.max(.01,this.scale*e)),c=u/this.scale;this.look(u,s-(s-this.x)*c,i-(i-this.y)*c)}pan(e,n){this.touched=!0,this.look(this.scale,this.x+e,this.y+n)}show(e,n=!1){let r=this.scene.boxes.get(e);if(!r)return;let{width:o,height:a}=this.host.getBoundingClientRect(),s=Math.max(this.scale,dr),[i,u]=[this.x+r.x*this.scale,this.y+r.y*this.scale];i>90&&u>50&&i<o-90&&u<a-50&&!n&&this.scale>=.4||(this.touched=!0,this.look(s,o/2-r.x*s,a/2-r.y*s))}at(e,n){if(this.detail!=="tiny")return;let[r,o]=[(e-this.x)/this.scale,(n-this.y)/this.scale],a=6/this.scale;for(let s of this.scene.boxes.values())if(!s.open&&Math.abs(s.x-r)<s.w/2+a&&Math.abs(s.y-o)<s.h/2+a)return s.key}approach(e){this.detail==="tiny"&&this.show(e,!0)}follow(e){this.touched&&this.scale>=.4&&this.show(e)}look(e,n,r){let{width:o,height:a}=this.host.getBoundingClientRect(),s=80;this.scale=e,this.x=Math.min(o-s,Math.max(s-this.scene.width*e,n)),this.y=Math.min(a-s,Math.max(s-this.scene.height*e,r)),this.later()}later(){this.frame||(this.frame=requestAnimationFrame(()=>this.draw()))}focus(e,n,r,o){let{width:a,height:s}=this.host.getBoundingClientRect(),i=Math.max(.3,Math.min(1.1,(a-90)/r,(s-90)/o));this.touched=!0,this.look(i,a/2-e*i,s/2-n*i)}rearranged(e){let n=this.store.selected.value,r=n?e.boxes.get(n):void 0,o=n?this.scene.boxes.get(n):void 0;this.clear(),o?.open&&!r?.open?this.focus(o.x,o.y,o.w,o.h):this.touched?r&&o&&this.look(this.scale,this.x+(r.x-o.x)*this.scale,this.y+(r.y-o.y)*this.scale):this.begin(),this.later()}clear(){this.boxes.clear(),this.edges.clear(),this.covered=null;for(let e of Object.values(this.layers))e.replaceChildren()}draw(){this.frame=0,this.world.setAttribute("transform",`translate(${this.x} ${this.y}) scale(${this.scale})`);let{width:e,height:n}=this.host.getBoundingClientRect(),r=-this.x/this.scale,o=-this.y/this.scale,[a,s]=[r+e/this.scale,o+n/this.scale],i=this.scale<mr?"tiny":this.scale<dr?"small":"full";if(i!==this.detail&&(this.detail=i,this.svg.setAttribute("class",`mg-svg mg-${i}`),this.clear(),i!=="tiny"&&this.overview.clear()),i==="tiny"){this.overview.draw(this.scene,e,n,this.x,this.y,this.scale);return}let u=this.covered;if(u&&r>=u[0]&&o>=u[1]&&a<=u[2]&&s<=u[3])return;let c=Zo/this.scale;this.cover([r-c,o-c,a+c,s+c])}cover(e){this.covered=e;let[n,r,o,a]=e,s=(i,u,c,p)=>c>=n&&i<=o&&p>=r&&u<=a;for(let i of this.scene.boxes.values()){let u=s(i.x-i.w/2,i.y-i.h/2,i.x+i.w/2,i.y+i.h/2),c=this.boxes.get(i.key);u&&!c?this.boxes.set(i.key,ar(i,this.detail,this.store,this.layers)):!u&&c&&(c.element.remove(),this.boxes.delete(i.key))}for(let i of this.scene.edges){let u=i.pieces.map(p=>s(...p.bounds)?p.path:"").join(""),c=this.edges.get(i);u&&!c?(c=lr(i,this.detail,this.store,this.edges,this.layers),this.edges.set(i,c)):!u&&c&&(c.element.remove(),c.pill?.remove(),this.edges.delete(i)),c&&u&&c.shownPath!==u&&(c.shownPath=u,c.line.setAttribute("d",u))}this.update()}update(){let e=this.store;if(this.detail==="tiny"){this.later();return}let n=e.current.value,r=new Set,o="",a="";n.phase!=="start"&&r.add(e.tree.shown(n.node,e.open.value)),n.phase==="backward"&&n.act==="add"&&(o=e.tree.shown(n.parent,e.open.value),a=e.tree.shown(n.node,e.open.value),r.delete(a),r.add(o));let s=new Set([...e.wrong.value].map(i=>e.tree.shown(i,e.open.value)));for(let i of this.boxes.values())sr(i,this.detail,e,r,s);for(let i of this.edges.values())ur(i,this.detail,e,o,a);ir(s,this.boxes,this.detail,e,this.layers.pills)}};var ae=(t,e)=>K(t,e)||Math.abs(t-e)<=.005*Math.abs(e);function hr(t,{node:e,slot:n,partial:r,upstream:o,amount:a},s,i){let u=s.parents[e][n],[c,p]=[`${s.name(e)}.grad`,s.name(u)];return ae(t,-a)?"The sign is the other way round.":ae(t,r)?`You forgot the gradient from above: times ${c}, which is ${k(o)}.`:ae(t,o)?`That is the gradient from above: times the local derivative ∂${s.name(e)}/∂${p}.`:s.isProduct(e)&&ae(t,i[u]*o)?"In a product the local derivative is the other factor, not the value itself.":ae(t,r+o)?"The two are multiplied, not added.":ae(t,i[u])?`That is the data of ${p}, not its gradient.`:null}function fr(t){if(t.isAtEnd())return null;let{code:e,grain:n}=t;if(e&&n.value!=="step")return oa(t,e,n.value);let r=t.timeline.value.at(t.step.value+1);return r.phase==="forward"?Jo(t,r.node):r.phase==="order"?na(t,r.act,r.node):r.phase==="backward"?r.act==="seed"?ea(t,r.node):ta(t,r):null}var gr=t=>Z(t)===null?ve(t):"";function Ft(t,e,n=()=>null){return{...e,refused:gr,isRight:r=>ae(Z(r)??Number.NaN,t),diagnosis:r=>n(Z(r)??Number.NaN)??""}}function Jo({graph:t,data:{value:e}},n){let[r,o]=[t.name(n),t.expression(n)],a=t.expression(n,s=>k(e[s]));return Ft(e[n],{text:`What is ${r} = ${o}?`,hint:`Put the numbers in: ${a}.`,why:`${r} = ${o} = ${a} = ${k(e[n])}.`})}function ea({graph:t},e){let n=t.name(e);return Ft(1,{text:`With what does ${n}.grad begin?`,hint:`How fast does ${n} change with itself?`,why:`A value changes as fast as itself: ∂${n}/∂${n} = 1.0.`})}function ta(t,e){let{graph:n}=t,{node:r,slot:o,parent:a}=e,s=t.partials.value.of(r)[o],i=t.gradients.value.grad[r],u=s*i,[c,p]=[n.name(r),n.name(a)];return Ft(u,{text:`What does ${c} add to ${p}.grad?`,hint:`Local derivative ∂${c}/∂${p}, times ${c}.grad.`,why:`∂${c}/∂${p} · ${c}.grad = ${k(s)} · ${k(i)} = ${k(u)}.`},m=>hr(m,{node:r,slot:o,partial:s,upstream:i,amount:u},n,t.data.value))}function na(t,e,n){let{graph:r}=t,o=r.name(n),a=c=>c.replace(/\s/g,"").toLowerCase(),s=r.parents.map((c,p)=>a(r.name(p))),i=[...new Set(r.children[n])].map(c=>r.name(c)).join(" and "),u={visit:r.children[n].length?`${o}: ${i} needs it, and parents come before the value itself.`:`${o}: the list begins with a visit to the last value.`,again:`${o}: it was visited before, but its turn comes for every use of it.`,append:`${o}: all that it was computed from is in the list, and now it follows.`}[e];return{text:e==="append"?"Which value is appended to the list next?":"Which value is visited next?",hint:e==="append"?"The one whose parents are all in the list already.":"Down the first parent, as far as it goes; then the next parent.",why:u,refused:c=>s.includes(a(c))?"":`“${c.trim()}” is the name of no value here`,isRight:c=>a(c)===a(o),diagnosis:c=>ra(t,s.indexOf(a(c)),e)}}function ra({graph:t,ordering:e},n,r){let o=e.value?.places;if(!o)return"";if(o.has(n))return`${t.name(n)} is in the list already.`;let a=t.parents[n].find(s=>!o.has(s));return r==="append"&&a!==void 0?`${t.name(n)} has to wait: ${t.name(a)} is not in the list yet.`:""}function oa(t,e,n){let r=t.moment.value,o=e.beside(r,1,n),[a,s]=[e.stack(r),e.stack(o)],[i,u]=[a[a.length-1],s[s.length-1]],c=u.line,p=`line ${c}, ${e.line(u.fn.file,c).trim()}`,[m,h]=["Read on.",`After this line comes ${p}.`];return i?s.length>a.length?(m=`This line calls ${u.fn.name}.`,h=`The line calls ${u.fn.name}, and that begins: ${p}.`):i.frame!==u.frame?(m=`${i.fn.name} is over: who called it?`,h=`${i.fn.name} is over, back to where it was called: ${p}.`):c<=i.line&&(m="A loop goes back to its head.",h=`Round the loop, back to ${p}.`):h=`It begins with ${p}.`,{text:"Which line is next? Its number:",hint:m,why:h,refused:gr,isRight:d=>Z(d)===c,diagnosis:()=>""}}function br({store:t}){let[e,n]=I(""),[r,o]=I(null),[a,s]=I(!1),i=B(null),u=fr(t),c=`${t.step.value} ${t.moment.value}`,p=B("");F(()=>{p.current!==c&&o(null),s(!1),n("")},[c]),F(()=>i.current?.focus(),[]);let m=f=>{t.advance(1),p.current=`${t.step.value} ${t.moment.value}`,o(f);let{right:g,asked:_}=t.predicted.value;t.predicted.value={right:g+Number(f.ok&&!a),asked:_+1},i.current?.focus()};if(!u)return l("p",{class:"mg-predict",role:"status",id:"mg-predict-said",children:[r&&l(vr,{...r})," That was the last step."]});let h=f=>{f.preventDefault();let g=u.refused(e);g?o({text:g,ok:!1}):u.isRight(e)?m({text:u.why,ok:!0}):a?m({text:u.why,ok:!1}):(s(!0),o({text:`not ${e.trim()}. ${u.diagnosis(e)||u.hint}`,ok:!1}))},{right:d,asked:v}=t.predicted.value;return l("form",{class:"mg-predict",onSubmit:h,children:[l("label",{children:[u.text," ",l("input",{ref:i,class:"mg-answer",value:e,autocomplete:"off","aria-describedby":"mg-predict-said",onInput:f=>n(f.currentTarget.value)})]}),l("button",{type:"submit",children:"Check"}),l("button",{type:"button",onClick:()=>m({text:u.why,ok:!1}),children:"Show"}),v>0&&l("span",{class:"mg-muted",children:[d," of ",v]}),l("span",{role:"status",id:"mg-predict-said",children:r&&l(vr,{...r})})]})}var vr=({text:t,ok:e})=>l("span",{class:e?"mg-t-ok":"mg-t-wrong",children:[e?"✓":"✗"," ",t]});var aa={start:"M5 4v16 M19 5 9 12l10 7z",back:"M15 5 8 12l7 7",play:"M8 4.5 19 12 8 19.5z",pause:"M7 5h3.5v14H7z M13.5 5H17v14h-3.5z",on:"M9 5l7 7-7 7",end:"M19 4v16 M5 5l10 7-10 7z"},ne=({shape:t})=>l("svg",{class:"mg-icon",viewBox:"0 0 24 24","aria-hidden":"true",children:l("path",{d:aa[t],fill:t==="back"||t==="on"?"none":void 0})}),yr={forward:"Forward",order:"Order",backward:"Backward"};function _r({store:t}){let e=t.timeline.value,n=t.step.value,r=t.playing.value;F(()=>{if(!r)return;let u=900/t.speed.value,c=Math.max(1,Math.round(16/u)),p=setInterval(()=>{c>1?t.goTo(t.step.value+c):t.advance(1),t.isAtEnd()&&(t.playing.value=!1)},Math.max(16,u));return()=>clearInterval(p)},[r,t.speed.value]);let o=()=>{!r&&t.isAtEnd()&&t.goTo(0),t.playing.value=!r},a=u=>`${e.length?100*u/e.length:0}%`,s=t.phase.value==="start"?"forward":t.phase.value,i={forward:e.ends.forward,order:e.ends.order-e.ends.forward,backward:e.length-e.ends.order};return l("footer",{class:"mg-scrubber","data-phase":t.phase.value,"aria-label":"Steps",children:[l("div",{class:"mg-sentence","data-phase":t.phase.value,children:l(jn,{store:t})}),t.predicting.value&&l(br,{store:t}),l("div",{class:"mg-controls",children:[l("div",{class:"mg-buttons",role:"group","aria-label":"Play",children:[l("button",{type:"button",title:"To the start (Home)","aria-label":"To the start",onClick:()=>t.goTo(0),children:l(ne,{shape:"start"})}),l("button",{type:"button",title:"One step back (,)","aria-label":"One step back",onClick:()=>t.advance(-1),children:l(ne,{shape:"back"})}),l("button",{type:"button",class:"mg-play",title:"Play or pause (space)","aria-label":r?"Pause":"Play",onClick:o,children:l(ne,{shape:r?"pause":"play"})}),l("button",{type:"button",title:"One step on (.)","aria-label":"One step on",onClick:()=>t.advance(1),children:l(ne,{shape:"on"})}),l("button",{type:"button",title:"To the end (End)","aria-label":"To the end",onClick:()=>t.goTo(e.length),children:l(ne,{shape:"end"})})]}),l("div",{class:"mg-track",children:[l("div",{class:"mg-phases",role:"group","aria-label":"Phases",children:Ze.map((u,c)=>l("button",{type:"button",style:{width:a(i[u]),display:i[u]?"":"none"},"aria-pressed":s===u,title:`${yr[u]} (${c+1})`,onClick:()=>t.goToPhase(u),children:yr[u]},u))}),l("input",{type:"range",class:"mg-slider","aria-label":"Step","aria-valuetext":`step ${n} of ${e.length}, ${t.phase.value}`,min:0,max:e.length,value:n,style:{"--at":a(n)},onInput:u=>t.goTo(Number(u.currentTarget.value))})]}),l("output",{class:"mg-count","aria-hidden":"true",children:[n.toLocaleString("en")," / ",e.length.toLocaleString("en")]}),l("button",{type:"button",class:"mg-predict-switch","aria-pressed":t.predicting.value,title:"Say what comes next before it is shown (p)",onClick:()=>{t.predicting.value=!t.predicting.value},children:"Predict"}),l("label",{class:"mg-speed",children:[l("span",{children:"Speed "}),l("select",{value:String(t.speed.value),onChange:u=>{t.speed.value=Number(u.currentTarget.value)},children:[.5,1,2,4,16,100].map(u=>l("option",{value:String(u),children:[u,"×"]},u))})]})]}),e.cut&&l("p",{class:"mg-t-wrong mg-cut",children:["Stopped after ",Ot.toLocaleString("en")," contributions: plain recursion walks every path, and there are more paths than time."]})]})}var st={cdot:"·",times:"×",sigma:"σ",partial:"∂",sum:"∑",prod:"∏",leq:"≤",le:"≤",geq:"≥",ge:"≥",neq:"≠",ne:"≠",infty:"∞",pm:"±",to:"→",ldots:"…",dots:"…",cdots:"⋯",lt:"<",gt:">",mid:"|",alpha:"α",beta:"β",gamma:"γ",delta:"δ",epsilon:"ε",theta:"θ",lambda:"λ",mu:"μ",pi:"π"},sa=new Set([",",";",":","!"," ","quad","qquad"]),ia=new Set(["text","mathrm","operatorname","mathit","mathsf","texttt","textit","textbf"]),wr=new Set(["{","}","_","%","#","&","$"]),la=new Set(["aligned","align*","align","gathered"]);function ua(t){let e=[],n=/\\\\|\\[a-zA-Z]+|\\.|[{}]|[\^_]|\d+(?:\.\d+)?(?:e[+-]?\d+)?|&|\s+|./gsu;for(let[r]of t.matchAll(n))r==="\\\\"?e.push({kind:"row",text:r}):r==="&"?e.push({kind:"cell",text:r}):r.startsWith("\\")?e.push({kind:"command",text:r.slice(1)}):r==="{"?e.push({kind:"open",text:r}):r==="}"?e.push({kind:"close",text:r}):r==="^"||r==="_"?e.push({kind:"script",text:r}):/^\d/.test(r)?e.push({kind:"number",text:r}):/^\p{L}/u.test(r)?e.push({kind:"letter",text:r}):/\s/.test(r)?e.push({kind:"sign",text:" "}):e.push({kind:"sign",text:r});return e}var we=t=>t.replace(/[&<>]/g,e=>`&#${e.charCodeAt(0)};`),Ht=class{at=0;tokens;constructor(e){this.tokens=ua(e)}all(){let e=[[""]];for(;this.at<this.tokens.length;){if(this.tokens[this.at].text===" "){this.at+=1;continue}let{kind:r}=this.tokens[this.at];if(r==="row")e.push([""]);else if(r==="cell")e[e.length-1].push("");else{let o=e[e.length-1];o[o.length-1]+=this.scripted();continue}this.at+=1}return e.length===1&&e[0].length===1?e[0][0]:`<mtable class="aligned" displaystyle="true">${e.map(r=>`<mtr>${r.map(o=>`<mtd><mrow>${o}</mrow></mtd>`).join("")}</mtr>`).join("")}</mtable>`}scripted(){let e=this.one(),n="",r="";for(;this.tokens[this.at]?.kind==="script";)this.tokens[this.at++].text==="^"?r=this.one():n=this.one();return n&&r?`<msubsup>${e}${n}${r}</msubsup>`:n?`<msub>${e}${n}</msub>`:r?`<msup>${e}${r}</msup>`:e}one(){for(;this.tokens[this.at]?.text===" ";)this.at+=1;let e=this.tokens[this.at++];if(!e)return"<mrow></mrow>";switch(e.kind){case"open":return this.group();case"number":return`<mn>${e.text}</mn>`;case"letter":return`<mi>${we(e.text)}</mi>`;case"command":return this.command(e.text);default:return`<mo stretchy="false">${we(e.text==="-"?"−":e.text)}</mo>`}}group(){let e="";for(;this.at<this.tokens.length&&this.tokens[this.at].kind!=="close";)e+=this.scripted();return this.at+=1,`<mrow>${e}</mrow>`}plain(){let e="",n=0;for(;this.at<this.tokens.length;this.at++){let r=this.tokens[this.at];if(!(r.kind==="open"&&n++===0)&&(r.kind==="close"&&--n===0||(e+=r.kind==="command"&&!wr.has(r.text)&&r.text!==" "?"":r.text,n===0)))break}return this.at+=1,we(e)}command(e){if(e==="frac"||e==="dfrac")return`<mfrac>${this.one()}${this.one()}</mfrac>`;if(e==="sqrt")return`<msqrt>${this.one()}</msqrt>`;if(ia.has(e))return`<mi mathvariant="normal">${this.plain()}</mi>`;if(e==="left"||e==="right")return this.fence();if(e==="begin"||e==="end"){let n=this.plain();return la.has(n)?"":`<mtext>${n}</mtext>`}return sa.has(e)?`<mspace width="${e===","?"0.17em":"0.5em"}"></mspace>`:wr.has(e)?`<mo stretchy="false">${we(e)}</mo>`:st[e]?/^\p{L}$/u.test(st[e])?`<mi>${st[e]}</mi>`:`<mo>${st[e]}</mo>`:`<mi mathvariant="normal">${we(e)}</mi>`}fence(){let e=this.tokens[this.at++];return e&&e.text!=="."?`<mo stretchy="true">${we(e.text)}</mo>`:""}};function xr(t){let e=t.trim().replace(/^\$+|\$+$/g,"").replace(/^\\\[|\\\]$/g,"");return`<math xmlns="http://www.w3.org/1998/Math/MathML" display="block">${new Ht(e).all()}</math>`}var ca=["Formula","Python","Words"];function kr({store:t}){let[e,n]=I("Formula"),[r,o]=I(""),{latex:a,python:s,explain:i}=t.page.show,u=e==="Formula"?a:e==="Python"?s:i;return l("section",{class:"mg-card",children:[l("div",{class:"mg-title-row",children:[l("h2",{id:"mg-show-as",children:"Show as"}),l("span",{role:"status",class:"mg-muted",children:r}),l("button",{type:"button",onClick:async()=>{try{await navigator.clipboard.writeText(u),o("Copied")}catch{o("select it yourself: not allowed here")}setTimeout(()=>o(""),2500)},children:e==="Formula"?"Copy TeX":"Copy"})]}),l("div",{class:"mg-tabs",role:"group","aria-labelledby":"mg-show-as",children:ca.map(p=>l("button",{type:"button","aria-pressed":e===p,onClick:()=>n(p),children:p},p))}),!u&&l("p",{class:"mg-muted",children:t.page.show.missing}),u&&e==="Formula"&&l(pa,{tex:a}),u&&e!=="Formula"&&l("pre",{class:"mg-code",tabIndex:0,"aria-label":e,children:u}),t.edited.value.length>0&&e!=="Formula"&&l("p",{class:"mg-muted",children:"With the numbers this page came with, not those you have put in since."})]})}function pa({tex:t}){let e=B(null);return F(()=>{e.current&&(e.current.innerHTML=xr(t))},[t]),l("div",{class:"mg-math",ref:e,tabIndex:0,role:"group","aria-label":"Formula"})}var it=[[124,58,237],[22,163,74],[219,39,119],[13,148,136],[146,98,57],[100,116,139]],Sr=[4,0,3,5,6,8];function jt(t){let[e,n]=[Math.min(...t),Math.max(...t)],r=(n-e||1)*.12;return[e-r,n+r]}function Mr(t,e,n,[[r,o],[a,s]],i){let{width:u,height:c}=t.canvas,p=n.slice(),m=Array.from({length:900},(f,g)=>{let[_,y]=[(g%30+.5)/30,(Math.floor(g/30)+.5)/30];return e.predict([r+_*(o-r),s+y*(a-s)],p)}),h=new ImageData(30,30);m.forEach(({margins:f,best:g},_)=>{let y=.12+.5*Math.abs(Math.tanh(f[g]));h.data.set([...it[g%it.length],255*y],4*_)});let d=new OffscreenCanvas(30,30);d.getContext("2d")?.putImageData(h,0,0),t.clearRect(0,0,u,c),t.imageSmoothingEnabled=!0,t.drawImage(d,0,0,u,c),e.isClassifier&&m[0].margins.forEach((f,g)=>{(g||m[0].margins.length>2)&&da(t,m.map(_=>_.margins[g]))});let v=([f,g])=>[(f-r)/(o-r)*u,(s-g)/(s-a)*c];e.points.forEach((f,g)=>Er(t,v(f),e.colourOf(g))),Cr(t,v(i))}function $r(t,e,n,[r,o],a){let{width:s,height:i}=t.canvas,u=n.slice(),c=f=>e.outputs([f],u)[0],p=Array.from({length:81},(f,g)=>r+(o-r)*g/80),m=p.map(c),[h,d]=jt([...e.targets,...m].filter(Number.isFinite)),v=(f,g)=>[(f-r)/(o-r)*s,(d-g)/(d-h)*i];t.clearRect(0,0,s,i),e.points.forEach(([f],g)=>Er(t,v(f,e.targets[g]),1)),t.beginPath(),p.forEach((f,g)=>t.lineTo(...v(f,m[g]))),Wt(t,4),Cr(t,v(a,c(a)))}function Wt(t,e){t.lineWidth=e,t.strokeStyle=getComputedStyle(t.canvas).color,t.stroke()}function Cr(t,[e,n]){t.beginPath(),t.arc(e,n,15,0,2*Math.PI),Wt(t,5)}function da(t,e){let{width:n,height:r}=t.canvas,o=s=>[(s%30+.5)/30,(Math.floor(s/30)+.5)/30],a=(s,i)=>{let u=e[s]/(e[s]-e[i]),[[c,p],[m,h]]=[o(s),o(i)];return[(c+u*(m-c))*n,(p+u*(h-p))*r]};t.beginPath();for(let s=0;s<29;s++)for(let i=0;i<29;i++){let u=s*30+i,c=[u,u+1,u+1+30,u+30],p=[];c.forEach((m,h)=>{let d=c[(h+1)%4];e[m]>0!=e[d]>0&&p.push(a(m,d))});for(let m=0;m+1<p.length;m+=2)t.moveTo(...p[m]),t.lineTo(...p[m+1])}Wt(t,4)}function Er(t,[e,n],r){let o=Sr[r%Sr.length];if(t.beginPath(),o){for(let a=0;a<o;a++){let s=2*Math.PI*(a+.5)/o+Math.PI/2;t.lineTo(e+8.5*Math.cos(s),n+8.5*Math.sin(s))}t.closePath()}else t.arc(e,n,7,0,2*Math.PI);t.fillStyle=`rgb(${it[r%it.length].join()})`,t.strokeStyle="#fff",t.lineWidth=2.5,t.fill(),t.stroke()}var lt=class{constructor(e,n){this.graph=e;this.history=n;this.points=n.points.map(c=>c.map(Number));let r=n.targets.map(Number),{outputs:o}=n,a=new Set(r),s=a.size<=2&&[...a].every(c=>c===1||c===(a.has(-1)?-1:0));this.isClassifier=r.length>0&&(o.length>1?r.every(c=>Number.isInteger(c)&&c>=0&&c<o.length):s),this.targets=this.isClassifier&&o.length===1?r.map(c=>+(c>0)):r;let i=e.sign(o[0])==="sigmoid",u=r.reduce((c,p)=>c+p,0)/(r.length||1);this.middle=this.isClassifier?i?.5:0:u,this.nodes=this.between()}graph;history;points;targets;isClassifier;nodes;middle;between(){let{inputs:e,outputs:n}=this.history,r=new Set(e),o=new Set(n);this.graph.parents.forEach((a,s)=>{a.some(i=>r.has(i))&&r.add(s)});for(let a=this.graph.size-1;a>=0;a--)if(o.has(a))for(let s of this.graph.parents[a])o.add(s);return[...r].filter(a=>o.has(a)&&!e.includes(a)).sort((a,s)=>a-s)}outputs(e,n){return e.forEach((r,o)=>{n[this.history.inputs[o]]=r}),this.graph.forwardThrough(this.nodes,n),this.history.outputs.map(r=>n[r])}predict(e,n){let r=this.outputs(e,n),o=r.length>1?r:[this.middle-r[0],r[0]-this.middle],a=o.indexOf(Math.max(...o)),s=o.map((i,u)=>i-Math.max(...o.filter((c,p)=>p!==u)));return{margins:r.length>1?s:o,best:Math.max(0,a)}}colourOf(e){return this.isClassifier?this.targets[e]:+(this.targets[e]>this.middle)}accuracy(e){if(!this.isClassifier)return null;let n=e.slice();return this.points.filter((o,a)=>this.predict(o,n).best===this.targets[a]).length/this.points.length}};var xe=328,ke=96;function Tr({store:t,history:e}){let n=t.snapshot.value,r=e.steps.length-1,[o,a]=I(!1),[s,i]=I(1),u=c=>{t.snapshot.value=Math.min(r,Math.max(0,c))};return F(()=>{let c=e.values[n];t.setLeaves(e.parameters.map((p,m)=>[p,Number(c[m])]))},[n]),F(()=>{if(!o)return;let c=setInterval(()=>{t.snapshot.value>=r?a(!1):u(t.snapshot.value+1)},220/s);return()=>clearInterval(c)},[o,s]),l("section",{class:"mg-card mg-training",children:[l("h2",{children:["Training ",l("span",{class:"mg-kind",children:["step ",e.steps[n].toLocaleString("en")]})]}),l("div",{class:"mg-row mg-controls",children:[l("button",{type:"button","aria-label":"One snapshot back",onClick:()=>u(n-1),children:l(ne,{shape:"back"})}),l("button",{type:"button",class:"mg-play","aria-label":o?"Pause training":"Play training",onClick:()=>{!o&&n>=r&&u(0),a(!o)},children:l(ne,{shape:o?"pause":"play"})}),l("button",{type:"button","aria-label":"One snapshot on",onClick:()=>u(n+1),children:l(ne,{shape:"on"})}),l("select",{"aria-label":"Training speed",value:String(s),onChange:c=>i(Number(c.currentTarget.value)),children:[.5,1,2,4].map(c=>l("option",{value:String(c),children:[c,"×"]},c))}),l("input",{type:"range",class:"mg-slider mg-epochs","aria-label":"Training step","aria-valuetext":`step ${e.steps[n]}`,min:0,max:r,value:n,style:{"--at":`${r?100*n/r:0}%`},onInput:c=>u(Number(c.currentTarget.value))})]}),l(ma,{store:t,history:e}),e.curves.map(c=>l(ha,{curve:c,step:e.steps[n]},c.name)),l(fa,{history:e,at:n})]})}function ma({store:t,history:e}){let n=B(null),r=t.data.value,{inputs:o}=e,a=Q(()=>new lt(t.graph,e),[e]),{points:s}=a,i=Q(()=>o.map((h,d)=>jt(s.map(v=>v[d]))),[s]),u=o.length===1,c=o.length>0&&o.length<=2&&s.length>0;if(F(()=>{let h=n.current?.getContext("2d");if(!h)return;let d=o.map(v=>r[v]);u?$r(h,a,r,i[0],d[0]):Mr(h,a,r,i,d)},[r,t.theme.value]),!c)return null;let p=h=>{let{width:d,height:v}=h.currentTarget.getBoundingClientRect(),f=[h.offsetX/d,1-h.offsetY/v];t.setLeaves(o.map((g,_)=>[g,i[_][0]+f[_]*(i[_][1]-i[_][0])]))},m=u?null:a.accuracy(r);return l("figure",{children:[l("canvas",{ref:n,class:"mg-plane",width:656,height:u?320:440,role:"img",onClick:p,"aria-label":u?"The model's output over its input, with the examples":"The decision boundary, with the examples"}),l("figcaption",{children:[m!==null&&l("b",{children:[Math.round(100*m),"% of ",s.length," right."," "]}),u?"Click to choose the input of the graph.":"Click to choose the inputs of the graph (the ring)."]})]})}function ha({curve:t,step:e}){let n=t.values.map(Number),r=n.filter(Number.isFinite);if(r.length<2)return null;let o=Math.min(0,...r),a=Math.max(...r),s=t.steps[t.steps.length-1]||1,i=m=>4+(xe-8)*m/s,u=m=>6+(ke-12)*(a-m)/(a-o||1),c=0;t.steps.forEach((m,h)=>{m<=e&&(c=h)});let p=n.map((m,h)=>Number.isFinite(m)?`${h?"L":"M"}${i(t.steps[h]).toFixed(1)} ${u(m).toFixed(1)}`:"").join("");return l("figure",{children:[l("svg",{class:"mg-chart",viewBox:`0 0 ${xe} ${ke}`,role:"img","aria-label":`${t.name} over the steps: ${k(n[c])} here`,children:[l("line",{class:"mg-axis",x1:"0",x2:xe,y1:u(0),y2:u(0)}),l("path",{class:"mg-curve",d:p}),l("line",{class:"mg-now",x1:i(e),x2:i(e),y1:"0",y2:ke}),l("circle",{class:"mg-now",cx:i(t.steps[c]),cy:u(n[c]),r:"5"})]}),l("figcaption",{children:[t.name," ",l("b",{children:k(n[c])})]})]})}function fa({history:t,at:e}){let r=Q(()=>{let s=1e-9;for(let i of t.values)for(let u of i)Number.isFinite(Number(u))&&(s=Math.max(s,Math.abs(Number(u))));return s},[t]),o=new Array(27).fill(0);for(let s of t.values[e]){let i=Math.floor((Number(s)+r)/(2*r)*27);i>=0&&(o[Math.min(26,i)]+=1)}let a=Math.max(...o,1);return l("figure",{children:[l("svg",{class:"mg-chart",viewBox:`0 0 ${xe} ${ke}`,role:"img","aria-label":`Histogram of ${t.parameters.length} parameters`,children:o.map((s,i)=>{let u=(ke-10)*s/a;return l("rect",{class:"mg-bar",x:i*xe/27+1,width:xe/27-2,y:ke-u,height:u},i)})}),l("figcaption",{children:[t.parameters.length," parameters, from ",k(-r,3)," to ",k(r,3)]})]})}function Nr({store:t}){let e=B(null),n=B(null),r=B(null),o=B(null);F(()=>{if(e.current)return n.current=new at(e.current,t),()=>n.current?.stop()},[]),Rn(()=>{let s=t.current.value;if(s.phase==="start")return;let i=s.phase==="backward"&&s.act==="add"?s.parent:s.node;n.current?.follow(t.tree.shown(i,t.open.peek()))}),F(()=>{let s=r.current;if(!s)return;let u=document.getElementById("micrograd-explorer")?.contains(s)?document:s,c=p=>er(p,t,n.current,s,o.current);return u.addEventListener("keydown",c),()=>u.removeEventListener("keydown",c)},[]);let{history:a}=t.page;return l("div",{class:"mg-root-element","data-theme":t.theme.value,ref:r,children:[l(ga,{store:t,picture:n,onHelp:()=>o.current?.showModal()}),l("main",{class:t.code?"mg-main mg-with-code":"mg-main",children:[l("div",{class:"mg-graph-area",children:[l("div",{ref:e,class:"mg-graph",tabIndex:0,role:"application","aria-roledescription":"graph","aria-label":"The graph. Arrow keys select: left a parent, right a child. Question mark lists all keys."}),l("div",{class:"mg-zoom",role:"group","aria-label":"Zoom",children:[l("button",{type:"button","aria-label":"Closer",title:"Closer (+)",onClick:()=>n.current?.zoom(1.25),children:"+"}),l("button",{type:"button","aria-label":"Further",title:"Further (−)",onClick:()=>n.current?.zoom(.8),children:"−"}),l("button",{type:"button","aria-label":"Fit",title:"Everything (0)",onClick:()=>n.current?.fit(),children:"⤢"})]}),l(ba,{})]}),l("aside",{class:"mg-side","aria-label":"About the graph",children:[t.code&&l(Vn,{store:t,code:t.code}),a&&l(Tr,{store:t,history:a}),l(Qn,{store:t}),l(tr,{store:t}),l(nr,{store:t}),l(kr,{store:t})]})]}),l(_r,{store:t}),l(ya,{store:t}),l("dialog",{ref:o,class:"mg-help","aria-labelledby":"mg-help-title",children:[l("h2",{id:"mg-help-title",children:"Keys"}),l("dl",{children:Jn.map(([s,i])=>l("div",{children:[l("dt",{children:s}),l("dd",{children:i})]},s))}),l("button",{type:"button",onClick:()=>o.current?.close(),children:"Close"})]})]})}function ga({store:t,picture:e,onHelp:n}){let r=t.tree.groups.length>1,{theme:o}=t,a={auto:"dark",dark:"light",light:"auto"};return l("header",{class:"mg-header",children:[l("h1",{title:t.page.note,children:t.page.title}),t.page.note&&l("p",{class:"mg-note",children:t.page.note}),l("span",{class:"mg-grow"}),t.edited.value.length>0&&!t.page.history&&l("button",{type:"button",onClick:()=>t.setLeaves(t.edited.value.map(s=>[s,t.original[s]])),children:"Undo all edits"}),t.graph.roots.length>1&&l("label",{class:"mg-from",children:["Backward from"," ",l("select",{value:String(t.root.value),onChange:s=>t.setRoot(Number(s.currentTarget.value)),children:[...new Set([...t.graph.roots,t.root.value])].map(s=>l("option",{value:String(s),children:t.graph.name(s)},s))})]}),r&&l(D,{children:[l("button",{type:"button",onClick:()=>t.setAllOpen(!1),children:"Fold all"}),t.graph.size<=2e3&&l("button",{type:"button",onClick:()=>t.setAllOpen(!0),children:"Unfold all"})]}),l(va,{store:t,picture:e}),l("button",{type:"button","aria-label":`Colours: ${o.value}`,title:`Colours: ${o.value} (d)`,onClick:()=>{o.value=a[o.value]},children:o.value==="auto"?"◐":o.value==="dark"?"☾":"☀"}),l("button",{type:"button","aria-label":"Keys",title:"Keys (?)",onClick:n,children:"?"})]})}function va({store:t,picture:e}){let[n,r]=I(""),[o,a]=I(0),s=n.trim().toLowerCase(),i=s?t.graph.labels.flatMap((c,p)=>(c||t.graph.name(p)).toLowerCase().includes(s)&&(c||!t.graph.isLeaf(p))?[p]:[]):[];i.sort((c,p)=>+!t.graph.labels[c]-+!t.graph.labels[p]||c-p);let u=c=>{if(!i.length)return;let p=(c%i.length+i.length)%i.length;a(p),t.reveal(i[p]),requestAnimationFrame(()=>e.current?.show(`n${i[p]}`,!0))};return l("form",{class:"mg-search",role:"search",onSubmit:c=>{c.preventDefault(),u(o),a(o+1)},children:[l("input",{type:"search","aria-label":"Search by label",placeholder:"Search labels  ( / )",value:n,onInput:c=>{r(c.currentTarget.value),a(0)},onKeyDown:c=>{c.key==="Escape"&&(r(""),c.currentTarget.blur())}}),l("output",{class:"mg-found",children:s&&(i.length?`${i.length} found, Enter shows`:"none")})]})}function ba(){return l("ul",{class:"mg-legend","aria-label":"Colours",children:[l("li",{class:"mg-t-data",children:"data"}),l("li",{class:"mg-t-grad",children:"grad"}),l("li",{class:"mg-t-local",children:"local derivative"})]})}function ya({store:t}){let e=t.selectedNode.value,n=t.selected.value,r="";if(e>=0){let{grad:o,reached:a}=t.gradients.value,s=t.hidden(e)?"hidden":a[e]?o[e]:"blank";r=`${t.graph.name(e)}, data ${t.data.value[e]}, grad ${s}`}else n&&(r=t.tree.groups[Number(n.slice(1))].label);return l("p",{class:"mg-sr","aria-live":"polite",children:r})}function _a(t){let e=Math.abs(t);if(e<2.5){let r=t,o=t;for(let a=1;Math.abs(r)>1e-18*Math.abs(o);a++)r*=2*t*t/(2*a+1),o+=r;return 2/Math.sqrt(Math.PI)*Math.exp(-t*t)*o}if(!(e<6))return t!==t?t:Math.sign(t);let n=0;for(let r=60;r>0;r--)n=r/2/(e+n);return Math.sign(t)*(1-Math.exp(-t*t)/(Math.sqrt(Math.PI)*(e+n)))}function wa(t){let e=Math.exp(-Math.abs(t));return t<0?e/(1+e):1/(1+e)}function xa(t,e){return t===1||e===0||t===-1&&!Number.isFinite(e)&&e===e?1:t**e}function ka(t,e){let n=Pr(t,e);return Number.isFinite(n)?n+Math.log1p(Math.exp(-Math.abs(t-e))):n}var Pr=(t,e)=>t>=e||t!==t?t:e,Sa=(t,e)=>t<=e||t!==t?t:e,Ma=Object.fromEntries(Object.getOwnPropertyNames(Math).map(t=>[t,Math[t]]).filter(([,t])=>typeof t=="function")),Ut={...Ma,fabs:Math.abs,pow:xa,erf:_a,sigmoid:wa,softplus:t=>t!==t?t:(t>0?t:0)+Math.log1p(Math.exp(-Math.abs(t))),logaddexp:ka,maximum:Pr,minimum:Sa,take:(t,...e)=>e[t]};var[$a,Ca,Vt,Ar,Ea,ut]=[0,1,2,3,4,5],Ta=8,Na=/^[\p{L}\p{N}_.#'^]+(\[[\p{L}\p{N}_, ]+\])*$/u,Pa=new Set(["lt","le","gt","ge"]),Dr={"-":"⁻",0:"⁰",1:"¹",2:"²",3:"³"};[..."⁴⁵⁶⁷⁸⁹"].forEach((t,e)=>Dr[String(e+4)]=t);function qt(t){return Na.test(t)||Rr(t)!==null?t:`(${t})`}function Rr(t){let e=0,n=[...t];for(let r=0;r<n.length;r++)if(e+=+(n[r]==="(")-+(n[r]===")"),e<=0)return e===0&&r>0&&r===n.length-1?t.slice(1,-1):null;return null}function zr(t){let e=Rr(t);return e!==null?{text:e,level:$a}:{text:t,level:t.startsWith("-")?Vt:ut}}function Lr(t,e){let n=(a,s)=>a.level>=s?a.text:`(${a.text})`;e.length>Ta&&e.splice(3,e.length-4,{text:"…",level:ut});let r=()=>e.map(a=>a.text).join(", ");switch(t.name){case"add":case"sum":return e.length===1?e[0].text:e.map((a,s)=>n(a,s?Ar:Vt)).join(" + ");case"mul":case"prod":return e.map(a=>n(a,Ar)).join(" · ");case"pow":return e.map(a=>n(a,ut)).join("^");case"powc":{let a=t.symbol.replace("**","").replace(/\.0$/,"");if(a==="-1")return`1 / ${n(e[0],Ea)}`;let i=/^-?\d+$/.test(a)?[...a].map(u=>Dr[u]).join(""):`^${a}`;return n(e[0],ut)+i}case"abs":return`|${e[0].text}|`;case"where":{let[a,s,i]=e.map(u=>n(u,Ca));return`${s} if ${a} else ${i}`}}if(!t.symbol)return`made by hand(${r()})`;let o=/^[\p{L}_][\p{L}\p{N}_]*$/u.test(t.symbol);return Pa.has(t.name)||t.name==="handmade"&&!o?e.map(a=>n(a,Vt)).join(` ${t.symbol} `):`${t.symbol}(${r()})`}var ct=class{constructor(e,n){this.source=e;this.size=e.op.length,this.parents=e.parents,this.roots=e.roots,this.labels=Array.from({length:this.size},(o,a)=>e.labels[a]??""),this.children=Array.from({length:this.size},()=>[]),this.parents.forEach((o,a)=>o.forEach(s=>this.children[s].push(a))),this.rules=e.op.map(o=>o<0?null:n[e.ops[o].key]??null),this.frozen=new Map(Object.entries(e.frozen).map(([o,a])=>[Number(o),a.map(Number)]));let r=e.op.flatMap((o,a)=>o<0?[a]:[]);if(this.constants=new Uint8Array(this.size),r.some(o=>this.labels[o]))for(let o of r)this.constants[o]=+!this.labels[o];this.nameAll(),this.held=new Map(Object.entries(e.grads).map(([o,a])=>[Number(o),Number(a)]))}source;size;parents;children;labels;roots;held;rules;frozen;names=[];constants;isLeaf(e){return this.source.op[e]<0}isConstant(e){return this.constants[e]===1}isHandmade(e){return!this.isLeaf(e)&&this.rules[e]===null}hasOwnBackward(e){return this.frozen.has(e)}op(e){return this.source.ops[this.source.op[e]]}isProduct(e){return!this.isLeaf(e)&&["mul","prod"].includes(this.op(e).name)}sign(e){return this.isLeaf(e)?"":this.op(e).sign}heldBehind(e){let n=new Uint8Array(this.size);n[e]=1;for(let r=e+1;r<this.size;r++)if(this.parents[r].some(o=>n[o])){if(this.isHandmade(r))return r;n[r]=1}return-1}start(){let e=new Float64Array(this.size);for(let[n,r]of Object.entries(this.source.data))e[Number(n)]=Number(r);return this.forward(e)}forward(e){for(let n=0;n<this.size;n++){let r=this.rules[n];r&&(e[n]=r.value(this.arguments(n,e)))}return e}forwardThrough(e,n){for(let r of e){let o=this.rules[r];o&&(n[r]=o.value(this.arguments(r,n)))}}arguments(e,n){return this.parents[e].map(r=>n[r])}partials(e,n){let r=this.frozen.get(e);if(r)return r;let o=this.rules[e];return o?o.partials(this.arguments(e,n),n[e]):this.parents[e].map(()=>0)}name(e){return this.names[e]}nameAll(){let e=new Set(this.labels.filter(Boolean).map(qt)),n=new Map;for(let r=0;r<this.size;r++){if(this.isConstant(r)){this.names.push(k(Number(this.source.data[r])));continue}let o=this.labels[r]&&qt(this.labels[r]),a;do{let s=(n.get(o)??0)+1;n.set(o,s),a=o?s>1?`${o}#${s}`:o:`v${s}`}while(a!==o&&e.has(a));this.names.push(a)}}expression(e,n=r=>this.name(r)){let r=this.parents[e].map(o=>zr(n(o)));return Lr(this.op(e),r)}};function Aa(t){let e=-1;return t.labels.forEach((n,r)=>{!n||!t.isLeaf(r)||(e<0||t.children[r].length>t.children[e].length)&&(e=r)}),e<0||t.size>40?null:`n${e}`}function Kt(t,e={}){for(let[n,r]of Object.entries(e))t[Number(n)]=Number(r);return Object.keys(e).map(Number)}function Or(t,e){let n=new ct(t.graph,e),r=new rt(t.picture,n),o=n.start(),a=A(o.slice()),s=A(n.roots[n.roots.length-1]),i=A({assign:!1,twice:!1,naive:!1}),u=A(!1),c=A(1),p=A(Aa(n)),m=A(new Set(r.groups.filter(x=>!x.foldedAtFirst).map(x=>x.id))),h=A(null),d=A(null),v=A({right:0,asked:0}),f=A(!1),g=A({right:0,asked:0}),_=A("auto"),y=A(""),w=A(Math.max(0,(t.history?.steps.length??0)-1)),b=A(0),E=t.code?new Ye(t.code):null,T=A(!0),S=z(()=>new Ae(n,s.value,i.value,E?.told,T.value)),L=A("step"),Y=A(-1),j=z(()=>E?new Qe(E,S.value.keys()):null),q=z(()=>j.value?Y.value>=0&&j.value.step(Y.value)===b.value?Y.value:j.value.moment(b.value):-1),V=z(()=>new Xe(n,a.value)),U=z(()=>S.value.at(b.value)),Yt=z(()=>S.value.phaseOf(b.value)),Br=z(()=>S.value.computed(b.value)),pt=z(()=>Object.values(i.value).some(Boolean)),{yours:De,right:Qt}=t.graph,dt=z(()=>De!==void 0&&!pt.value&&!Jt.value.length&&s.value===n.roots[n.roots.length-1]&&b.value===S.value.length),Xt=z(()=>{let x=S.value.play(b.value,V.value);return dt.value&&Kt(x.grad,De).forEach($=>x.reached[$]=1),x}),mt=z(()=>{let x=new Ae(n,s.value,{assign:!1,twice:!1,naive:!1},E?.told),$=x.play(x.length,V.value);return dt.value&&(Kt($.grad,De),Kt($.grad,Qt)),$}),Fr=z(()=>{let x=new Set;if(dt.value)return new Set(Object.keys(Qt??{}).map(Number));if(!pt.value)return x;for(let $ of S.value.order)S.value.isSettled($,b.value)&&(K(Xt.value.grad[$],mt.value.grad[$])||x.add($));return x}),Hr=z(()=>Yt.value==="order"?S.value.ordering(b.value):null),Zt=z(()=>r.scene(m.value)),jr=z(()=>{let x=p.value;return x?.startsWith("n")?Number(x.slice(1)):-1}),Jt=z(()=>n.labels.map((x,$)=>$).filter(x=>n.isLeaf(x)&&!Object.is(a.value[x],o[x])));(t.history||De)&&(b.value=S.value.length);let Wr=x=>en(()=>{s.value=x}),Re=x=>{b.value=Math.min(S.value.length,Math.max(0,Math.round(x)))},Ur=x=>{if(!E||!j.value||L.value==="step"){Re(b.value+x);return}let $=E.beside(q.value,x,L.value),N=j.value.step($);X(()=>{Y.value=$,Re(N)})},Vr=()=>E&&L.value!=="step"?E.isLast(q.value,L.value):b.value>=S.value.length,en=x=>X(()=>{let $=S.value,N=$.phaseOf(b.value),se=b.value>=$.length;x();let ee=S.value;se?b.value=ee.length:N==="backward"?b.value=Math.min(ee.length,b.value-$.ends.order+ee.ends.order):b.value=Math.min(b.value,ee.length)});return{page:t,graph:n,tree:r,original:o,data:a,root:s,setRoot:Wr,bugs:i,step:b,playing:u,speed:c,selected:p,open:m,change:h,quiz:d,score:v,predicting:f,predicted:g,theme:_,told:y,snapshot:w,timeline:S,partials:V,current:U,phase:Yt,known:Br,ordering:Hr,gradients:Xt,right:mt,broken:pt,wrong:Fr,scene:Zt,selectedNode:jr,edited:Jt,code:E,withOrder:T,grain:L,chosen:Y,moment:q,alignment:j,goTo:Re,advance:Ur,isAtEnd:Vr,keepingPlace:en,setLeaf:(x,$)=>{if(Object.is(a.value[x],$))return;let N=a.value,se=mt.value.grad[x],ee=N.slice();ee[x]=$,n.forward(ee),a.value=ee;let qr=ee[s.value]-N[s.value];h.value={node:x,from:N[x],to:$,predicted:se*($-N[x]),actual:qr,held:n.heldBehind(x)}},setLeaves:x=>{let $=a.value.slice();for(let[N,se]of x)$[N]=se;a.value=n.forward($),h.value=null},setOpen:(x,$)=>{let N=new Set(m.value);$?N.add(x.id):N.delete(x.id),m.value=N,!$&&p.value&&!Zt.value.boxes.has(p.value)&&(p.value=_e(x))},setAllOpen:x=>{let $=x?r.groups:[r.root];m.value=new Set($.map(N=>N.id))},reveal:x=>{let $=r.around(x);$.some(N=>!m.value.has(N.id))&&(m.value=new Set([...m.value,...$.map(N=>N.id)])),p.value=`n${x}`},hidden:x=>d.value?.node===x&&d.value.verdict!=="right"&&d.value.verdict!=="shown",goToPhase:(x,$=!1)=>{let{ends:N}=S.value,se=x==="forward"?0:x==="order"?N.forward:N.order;Re($?N[x]:se+1)}}}var Gr=`.mg-place {
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

/* the code */
@media (min-width: 901px) {
  .mg-with-code {
    grid-template-columns: minmax(0, 1fr) minmax(372px, 44%);
  }
}
.mg-codepane h2 {
  font-family: var(--mono);
}
.mg-codepane select {
  max-width: 24ch;
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
  .mg-with-code {
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
`;function Ir(t,e,n){let r=document.createElement("style");r.textContent=Gr;let o=document.createElement("div");o.className="mg-place",t.append(r,o);let a=Or(e,n(Ut));return kt(l(Nr,{store:a}),o),a}function Ra(){let t=document.getElementById("micrograd-data"),e=document.getElementById("micrograd-explorer");if(!t||!e||!window.micrograd?.rules)return;let n=JSON.parse(t.textContent??"");e.replaceChildren();let r=Ir(e,n,window.micrograd.rules);Dt(r,location.hash),zn(r),window.addEventListener("hashchange",()=>Dt(r,location.hash)),Object.assign(window.micrograd,{library:Ut,store:r})}function za(t,e,n){e.classList.add("mg-widget");let r=Ir(e,JSON.parse(t.get("page")),n),o=!1,a=()=>{let i=Object.entries(t.get("leaves"));o=!0,r.setLeaves(i.map(([u,c])=>[Number(u),Number(c)])),o=!1};a(),t.on("change:leaves",a);let s=W(()=>{let i=r.data.value;if(o)return;let u=t.get("leaves"),c=Object.fromEntries(Object.keys(u).map(p=>{let m=i[Number(p)];return[p,Number.isFinite(m)?m:String(m)]}));Object.keys(c).every(p=>Object.is(Number(c[p]),Number(u[p])))||(t.set("leaves",c),t.save_changes())});return()=>{s(),t.off("change:leaves",a),kt(null,e.querySelector(".mg-place"))}}window.micrograd={...window.micrograd,renderWidget:za};Ra();
